"""What differs between two texts: both can be read back out of it, word for word."""

from hypothesis import given
from hypothesis import strategies as st

from tenants import differences
from tenants.differences import Line, Mark, Piece

LINES = st.lists(st.text(alphabet="ab §.", max_size=12), max_size=6)


def read_back(lines: tuple[Line, ...], without: Mark) -> list[str]:
    """Return the lines of one of the texts: what was in the other alone is left out."""
    kept = ([it.text for it in line.pieces if it.mark is not without] for line in lines)
    return ["".join(it) for it in kept if it]


@given(LINES, LINES)
def test_each_text_stands_whole_in_what_is_shown(before: list[str], after: list[str]) -> None:
    found = differences.between("\n".join(before), "\n".join(after))

    assert [it for it in read_back(found, Mark.ADDED) if it] == [it for it in before if it]
    assert [it for it in read_back(found, Mark.REMOVED) if it] == [it for it in after if it]


def test_a_word_that_is_another_is_marked_within_its_line() -> None:
    (line,) = differences.between("Vi kvitterar inom två timmar.", "Vi kvitterar inom en timme.")

    assert line.pieces == (
        Piece(Mark.KEPT, "Vi kvitterar inom "),
        Piece(Mark.REMOVED, "två"),
        Piece(Mark.ADDED, "en"),
        Piece(Mark.KEPT, " "),
        Piece(Mark.REMOVED, "timmar."),
        Piece(Mark.ADDED, "timme."),
    )


def test_a_line_that_came_and_one_that_went_are_marked_whole() -> None:
    found = differences.between("1. Vi delar.\n2. Bort.", "0. Helt annat här.\n1. Vi delar.")

    assert [[it.mark for it in line.pieces] for line in found] == [
        [Mark.ADDED], [Mark.KEPT], [Mark.REMOVED]
    ]  # fmt: skip


def test_the_same_text_is_kept() -> None:
    assert all(it.is_kept for it in differences.between("a\n\nb", "a\n\nb"))
