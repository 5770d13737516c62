/** The optional parts of records, as the server numbers them: the input grid, and the mixed rows. */
export const PARTS = ["grid", "mixed"];
