"""The made-up papers that the dresses print."""

from typing import NamedTuple


class Paper(NamedTuple):
    """A paper and all that a dress may print of it. None: the digest printed no number."""

    id: str
    title: str
    abstract: str
    teaser: str
    authors: tuple[str, ...]
    votes: int | None
    comments: int | None
    day: str
    repo: str
    stars: str


def _paper(
    number: int,
    title: str,
    abstract: str,
    teaser: str,
    authors: str,
    counts: tuple[int | None, int | None],
) -> Paper:
    names = tuple(authors.split(", "))
    code = title.partition(":")[0].split(maxsplit=1)[0].lower().strip("?[]$")
    return Paper(
        f"26{7 + number // 8:02}.{10200 + 37 * number}",
        title,
        abstract,
        teaser,
        names,
        *counts,
        f"2026-08-{3 + number:02}",
        f"{code}-lab/{code}",
        f"{number + 1}.{number}k" if number % 2 else str(90 + number),
    )


PAPERS = (
    _paper(
        0,
        "TeaClock: Brewing Schedules from Sound Alone",
        "A kettle sings before it boils. We record two hundred kettles and learn when each of them "
        "is about to whistle, from nothing but the sound. A small model on a kitchen timer is "
        "right to the second for nine kettles in ten, and it asks for help with the tenth.",
        "It listens to kettles and knows when they will whistle.",
        "Ada Muster, Bo Beispiel, Cy Probe",
        (41, 3),
    ),
    _paper(
        1,
        "On the Patience of Gardeners",
        "We ask how long a gardener waits for a seed. Code and seeds are at "
        "https://github.com/on-lab/on and we answer letters. Waiting pays, as our trial in six "
        "gardens shows, unless it rains.",
        "Waiting pays, says a trial in six gardens.",
        "Dora Example, Emil Ejemplo",
        (7, None),
    ),
    _paper(
        2,
        "Do Spoons Remember? A Study of Cutlery, Memory, and Soup",
        "Spoons are bent and come back. This paper measures how much of a bend a spoon keeps after "
        "a week in soup: (1) steel keeps a third; (2) wood keeps none; (3) silver keeps what it "
        "likes. The data and the soup are free.",
        "Steel spoons keep a third of each bend.",
        "Fay Muster, Gus Probe, Hal Beispiel, Ida Ejemplo",
        (128, 12),
    ),
    _paper(
        3,
        "3D Maps of Attics with One Torch",
        "We show that one torch is enough to map an attic. The map has every box.",
        "One torch maps an attic with all its boxes.",
        "Jo Example",
        (None, 1),
    ),
    _paper(
        4,
        "PebbleSort: Sorting Gravel by Shape, Weight and Colour with a Camera, a Belt "
        "and a Very Small Language Model",
        "Gravel is sorted by hand wherever its colour matters. PebbleSort looks at each stone "
        "once, asks a language model of two million weights for an opinion, and blows the stone to "
        "its heap. It sorts a ton an hour and errs on one stone in four hundred, which is as good "
        "as the hands that we compared it with, and does not tire. We also study what happens at "
        "dusk, when colours go: the model says so and stops. The belt, the camera mount and all "
        "weights are published with this paper, together with a ton of labelled gravel.",
        "A belt, a camera and a tiny model sort gravel as well as hands.",
        "Kim Muster, Lou Beispiel",
        (19, 2),
    ),
    _paper(
        5,
        "Slow Lanterns",
        "Lanterns that burn slowly burn longest. We prove a bound of $O(n \\log n)$ on the "
        "number of lanterns a street of $n$ houses needs, and light one such street.",
        "A street of n houses needs few lanterns.",
        "Max Probe, Nia Ejemplo, Ola Example",
        (0, None),
    ),
    _paper(
        6,
        "Learning to Fold Maps Back the Way They Were",
        "A map that was unfolded is never folded again. We train a pair of grippers on forty "
        "thousand failed attempts of drivers, and find that the creases say which fold comes next. "
        "Our grippers restore seven maps in ten; drivers restore two.",
        "Grippers read the creases of a map and fold it back.",
        "Pia Muster, Quin Beispiel",
        (63, 5),
    ),
    _paper(
        7,
        "[MASK] Tokens & Other Gaps in Old Recipes",
        "Old recipes have holes where the paper wore through. We fill them with a masked model of "
        "recipes, and let three cooks try the result. In this work we also list the gaps that no "
        "model should fill, such as how much of an unknown powder.",
        "A masked model fills the gaps in old recipes.",
        "Ria Probe, Sam Ejemplo",
        (5, None),
    ),
    _paper(
        8,
        "Naïve Bicycles: Über die Kunst, Not to Fall",
        "Riding a bicycle is easy until one thinks about it. We think about it. A rider's balance "
        "is a loop of two hundred milliseconds; a thought takes three hundred. Riders who count "
        "backwards fall less.",
        "Riders who count backwards fall less often.",
        "Tim Müller, Uma O'Example, Vic van Probe",
        (22, None),
    ),
    _paper(
        9,
        "KiteBench: How High Is High Enough?",
        "Benchmarks of kites measure height and nothing else. KiteBench has twelve tasks, from "
        "loops to landings, and a wind that is the same for all. The best of nine kites solves "
        "five of the tasks. Results and winds are at https://example.org/kites?all=1#winds for "
        "anyone to try.",
        "Twelve tasks for kites, and a wind that is the same for all.",
        "Wim Muster, Xia Beispiel, Yve Ejemplo",
        (310, 18),
    ),
    _paper(
        10,
        "Umbrella Routing under Partial Rain",
        "Rain rarely falls on a whole city. We route walkers with umbrellas so that few get wet, "
        "and give a rule of thumb that needs no map: walk to where it rained ten minutes ago.",
        "Walk to where it rained ten minutes ago.",
        "Zoe Probe, Abe Example",
        (14, 1),
    ),
    _paper(
        11,
        "The Quiet Library Problem",
        "How many readers make a library loud? We count coughs. The answer is a square root, and "
        "it holds from four readers to four hundred.",
        "How many readers make a library loud?",
        "Ben Muster",
        (9, None),
    ),
)
