"""Images that the environment names: what is read, what is refused, and what a run's key says."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from ammix_viz.__main__ import main
from ammix_viz.datasets.table import dataset_problem, load_dataset, names_of
from ammix_viz.runs import disk, reader
from ammix_viz.settings.recipe import Recipe

COLOURS = {"apple": (200, 30, 30), "leaf": (20, 160, 40), "sea": (10, 60, 220)}
BARE = "AMMIX_IMAGES is not set; it must name a folder with a folder of images a class, or an "


@pytest.fixture
def images(tmp_path, monkeypatch):
    """Name a folder that has nothing in it."""
    folder = tmp_path / "images"
    folder.mkdir()
    monkeypatch.setenv("AMMIX_IMAGES", str(folder))
    return folder


def write(folder, count=6, suffix=".png", colours=COLOURS):
    """Write plain images of one colour a class, each of another width."""
    for name, colour in colours.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            image = Image.new("RGB", (40 + number, 40), colour)
            image.save(folder / name / f"{number:02}{suffix}")


def load(imbalance=1, seed=0):
    return load_dataset(Recipe(data="custom", imbalance=imbalance, data_seed=seed))


def check_colours(data):
    for rows, labels in ((data.train, data.train_labels), (data.test, data.test_labels)):
        assert rows.shape[1:] == (32, 32, 3)
        assert rows.dtype == np.uint8
        expected = np.array(list(COLOURS.values()))[labels][:, None, None]
        assert np.abs(rows.astype(int) - expected).max() <= 3


def test_one_folder_per_class_is_read_and_a_fifth_held_out(images):
    write(images, 10)
    data = load()
    assert data.class_names == ("apple", "leaf", "sea")
    assert (data.counts, data.test_counts) == ((8, 8, 8), (2, 2, 2))
    check_colours(data)


def test_a_given_split_is_kept(images):
    write(images / "train", 3)
    write(images / "test", 2)
    data = load()
    assert (data.counts, data.test_counts) == ((3, 3, 3), (2, 2, 2))
    check_colours(data)


def test_other_formats_and_modes_are_read_and_other_files_left_alone(images):
    write(images, 6, ".bmp")
    (images / "apple" / "notes.txt").write_text("none")
    (images / ".cache").mkdir()
    Image.new("RGBA", (40, 40), (*COLOURS["leaf"], 255)).save(images / "leaf" / "a.PNG")
    Image.new("P", (40, 40)).save(images / "sea" / "a.gif")
    data = load()
    assert np.add(data.counts, data.test_counts).tolist() == [6, 7, 7]


def test_an_image_is_cropped_to_its_middle_square(images):
    write(images)
    wide = np.zeros((32, 96, 3), np.uint8)
    wide[:, 32:64] = 255
    for file in (images / "sea").iterdir():
        Image.fromarray(wide).save(file)
    assert load().test[-1].min() == 255


@pytest.mark.parametrize(
    ("labels", "names"), [([3, 7], ("3", "7")), (["dog", "cat"], ("cat", "dog"))]
)
def test_arrays_are_read_with_their_labels_as_names(images, monkeypatch, labels, names):
    pixels = np.repeat(np.arange(2, dtype=np.uint8) * 200, 10)
    rows = np.broadcast_to(pixels[:, None, None], (20, 8, 8))
    np.savez(images / "few.npz", images=rows, labels=np.repeat(labels, 10))
    monkeypatch.setenv("AMMIX_IMAGES", str(images / "few.npz"))
    data = load()
    assert data.class_names == names
    bright = [0 if name == str(labels[0]) else 200 for name in names]
    np.testing.assert_array_equal(data.train[:, 5, 5, 0], np.repeat(bright, 8))
    assert data.test.shape == (4, 32, 32, 3)


def test_the_imbalance_factor_applies(images):
    write(images, 20)
    assert load(16).counts == (16, 4, 1)
    with pytest.raises(ValueError, match="class sea of custom would have no image") as refused:
        load(17)
    assert str(refused.value).endswith("at most 16, the images of the smallest class.")


def remove_images(folder):
    shutil.rmtree(folder)


def one_class(folder):
    write(folder, colours={"apple": (1, 2, 3)})


def thirteen_classes(folder):
    write(folder, colours={f"class {k:02}": (k, k, k) for k in range(13)})


def too_few(folder):
    write(folder, 4)


def other_classes(folder):
    write(folder / "train")
    write(folder / "test", colours={"apple": (1, 2, 3), "leaf": (1, 2, 3)})


def broken_image(folder):
    write(folder)
    (folder / "leaf" / "03.png").write_bytes(b"\x89PNG\r\n\x1a\n, but no more")


def nothing(folder):
    pass


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        (remove_images, "there is nothing of that name."),
        (nothing, "it has 0 classes; it must have from 2 to 12, a folder each."),
        (one_class, "it has 1 classes; it must have from 2 to 12, a folder each."),
        (thirteen_classes, "it has 13 classes; it must have from 2 to 12, a folder each."),
        (
            too_few,
            "class apple has 4 images (.png, .jpg, .jpeg, .webp, .bmp, .gif, .tif, .tiff); it "
            "must have 5 or more.",
        ),
        (other_classes, "train and test must have the same classes."),
        (broken_image, "leaf/03.png cannot be read as an image."),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_in_a_sentence(images, prepare, why):
    prepare(images)
    assert dataset_problem(Recipe(data="custom")) == f"AMMIX_IMAGES is {images}; {why}"


def test_too_many_images_are_refused(images, monkeypatch):
    monkeypatch.setattr("ammix_viz.datasets.custom.MOST_IMAGES", 17)
    write(images)
    why = f"AMMIX_IMAGES is {images}; it has 18 images; it must have at most 17."
    assert dataset_problem(Recipe(data="custom")) == why


ROWS = np.zeros((10, 8, 8), np.uint8)


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"images": ROWS}, "it must be a folder, or an .npz file with images and labels."),
        (
            {"images": ROWS / 255, "labels": np.arange(10) % 2},
            "images are float64 of shape (10, 8, 8); they must be uint8, from 0 to 255, of shape "
            "(N, H, W), (N, H, W, 1) or (N, H, W, 3).",
        ),
        (
            {"images": ROWS, "labels": np.zeros(9, np.int32)},
            "labels are int32 of shape (9,); they must be whole numbers or texts, one for each of "
            "the 10 images.",
        ),
    ],
)
def test_arrays_that_cannot_be_used_are_refused_in_a_sentence(images, monkeypatch, arrays, why):
    file = images / "few.npz"
    np.savez(file, **arrays)
    monkeypatch.setenv("AMMIX_IMAGES", str(file))
    assert dataset_problem(Recipe(data="custom")) == f"AMMIX_IMAGES is {file}; {why}"


def test_a_file_that_is_no_archive_is_refused(images, monkeypatch):
    file = images / "few.npz"
    for content in (b"", b"PK\x03\x04", b"hello"):
        file.write_bytes(content)
        monkeypatch.setenv("AMMIX_IMAGES", str(file))
        why = dataset_problem(Recipe(data="custom"))
        assert why.endswith("; it must be a folder, or an .npz file with images and labels.")


def test_without_images_the_error_names_the_variable_and_menus_omit_them(monkeypatch):
    monkeypatch.delenv("AMMIX_IMAGES", raising=False)
    assert dataset_problem(Recipe(data="custom")) == BARE + ".npz file with images and labels."
    assert "custom" not in names_of(coarse=False)


def test_menus_list_images_if_the_variable_is_set(images):
    assert "custom" in names_of(coarse=False)


def test_a_runs_key_changes_with_the_images_and_with_nothing_else(images, tmp_path, monkeypatch):
    write(images)
    key = Recipe(data="custom").key
    shutil.copytree(images, tmp_path / "moved")  # with the times of the files
    monkeypatch.setenv("AMMIX_IMAGES", str(tmp_path / "moved"))
    assert Recipe(data="custom").key == key
    file = tmp_path / "moved" / "sea" / "00.png"
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1))
    changed = Recipe(data="custom").key
    file.unlink()
    assert len({key, changed, Recipe(data="custom").key}) == 3


def test_changed_images_are_read_again(images):
    write(images, 10)
    assert load().counts == (8, 8, 8)
    assert load().train is load().train
    for name in COLOURS:
        shutil.copy(images / name / "00.png", images / name / "new.png")
    assert load().counts == (9, 9, 9)


def test_the_command_line_trains_on_them_and_says_when_they_have_changed(images, capsys):
    write(images, 10)
    command = ["train", "--data", "custom", "--method", "ce", "--epochs", "2", "--json"]
    assert main(command) == 0
    assert '"status": "ended"' in capsys.readouterr().out
    (key,) = disk.keys()
    (images / "sea" / "00.png").unlink()
    with pytest.raises(reader.DamagedRun, match="images that it was trained on have changed"):
        reader.Run(key)
    assert main(command) == 0
    assert len(disk.keys()) == 2
