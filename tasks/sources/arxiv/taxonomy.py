"""arXiv's categories, to notice that one is misspelt. From arXiv's page "Category taxonomy", with
the archives that were closed in the 1990s.

A feed or mailing of a category that is missing here is read all the same: arXiv may add one.
"""

import difflib

_SUBJECTS = {
    "cs": "AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE "
    "NI OH OS PF PL RO SC SD SE SI SY",
    "math": "AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA "
    "RT SG SP ST",
    "physics": "acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an "
    "ed-ph flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph",
    "cond-mat": "dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con",
    "astro-ph": "CO EP GA HE IM SR",
    "nlin": "AO CD CG PS SI",
    "q-bio": "BM CB GN MN NC OT PE QM SC TO",
    "q-fin": "CP EC GN MF PM PR RM ST TR",
    "stat": "AP CO ME ML OT TH",
    "eess": "AS IV SP SY",
    "econ": "EM GN TH",
}
_WHOLE = (
    "gr-qc hep-ex hep-lat hep-ph hep-th math-ph nucl-ex nucl-th quant-ph acc-phys adap-org "
    "alg-geom ao-sci atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas dg-ga funct-an mtrl-th "
    "patt-sol plasm-ph q-alg solv-int supr-con"
)
CATEGORIES = frozenset(
    {f"{archive}.{subject}" for archive, names in _SUBJECTS.items() for subject in names.split()}
    | {*_SUBJECTS, *_WHOLE.split()}
)
"""Every archive and category."""


def unknown_in(edition: str) -> str | None:
    """What is wrong with categories joined by `+`, in words with the nearest ones; None if all are
    known."""
    name = next((name for name in edition.split("+") if name not in CATEGORIES), None)
    if name is None:
        return None
    archive, _, subject = name.partition(".")
    meant = [known for known in CATEGORIES if known.lower() == name.lower()]
    near = meant or _near(archive, subject)
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif archive in _SUBJECTS:
        hint = f"{archive} has {', '.join(_SUBJECTS[archive].split())}"
    else:
        hint = "write it as cs.CL or astro-ph"
    return f"arxiv has no category {name!r}; {hint}"


def _near(archive: str, subject: str) -> list[str]:
    """The categories with nearly these names: of a known archive, its subjects; else all."""
    if archive in _SUBJECTS:
        subjects = difflib.get_close_matches(subject, _SUBJECTS[archive].split(), cutoff=0.7)
        return [f"{archive}.{found}" for found in subjects]
    name = f"{archive}.{subject}" if subject else archive
    return difflib.get_close_matches(name, sorted(CATEGORIES), cutoff=0.7)
