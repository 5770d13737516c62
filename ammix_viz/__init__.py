"""See how Asymptotic Midpoint Mixup balances and moderately broadens class margins."""
