"""Texts that mention papers and are no digests: each must be refused."""

from tests.layouts.dress import ABS, HF, dress
from tests.layouts.in_mail import Papers, mail


@dress("none", "", 2)
def a_note_with_addresses(papers: Papers) -> str:
    a, b = papers
    return (
        f"# Our cellar\n\n## How to begin\n\nOpen the door, and see {ABS}{a.id} for why.\n\n"
        f"    mind the step\n\nThen read {HF}{b.id} while your eyes get used to the dark.\n\n"
        "## Licence\n\nAs you like.\n"
    )


@dress("none", "", 3)
def a_readme_that_cites(papers: Papers) -> str:
    a, b, c = papers
    return (
        f"# tiny-kettle\n\nThis is the code of [our paper]({ABS}{a.id}). It needs Python.\n\n"
        "## Install\n\n```\npip install tiny-kettle\n```\n\n## Method\n\n"
        f"We follow [an older study]({ABS}{b.id}) in most things and differ in the kettle, as "
        f"[others]({ABS}{c.id}) did.\n\n## Licence\n\nMIT\n"
    )


@dress("none", "", 3)
def a_chat(papers: Papers) -> str:
    a, b, c = papers
    return (
        f"ada: morning\nbo: hey, have you seen {ABS}{a.id} already?\nada: yes, and it is odd\n"
        f"bo: I liked {HF}{b.id} more\ncy: there is also {ABS}{c.id} which nobody has read\n"
        "ada: lunch?\n"
    )


@dress("none", "", 3)
def an_essay_with_links(papers: Papers) -> str:
    a, b, c = papers
    return (
        "Kettles are older than physics. "
        f"In [a paper of this summer]({ABS}{a.id}) a group from the north asked why they sing, "
        "and found the answer in the spout.\n\n"
        f"Others [disagree]({ABS}{b.id}), and say that the lid sings. I have read both, and "
        f"[a third one]({HF}{c.id}) too, and believe that it is the water.\n\nMore next week.\n"
    )


@dress("none", "", 3)
def a_table_of_results(papers: Papers) -> str:
    rows = "\n".join(
        f"| {name} | {score} | [paper]({ABS}{p.id}) |"
        for name, score, p in zip(
            ("Kettle", "Spoon", "Kite"), (81.2, 79.9, 64.0), papers, strict=True
        )
    )
    return f"# Results\n\n| Model | Score | Ref |\n|---|---|---|\n{rows}\n"


@dress("none", "", 2)
def a_mail_of_a_thread(papers: Papers) -> bytes:
    a, b = papers
    return mail(
        text=f"Hi all,\n\nI think that {ABS}{a.id} answers the question of last week, at least\n"
        f"for kettles. For kites you may want to read {ABS}{b.id}.\n\nBest\nDora\n"
    )


@dress("none", "", 2)
def a_mail_with_links_in_sentences(papers: Papers) -> bytes:
    a, b = papers
    return mail(
        f'<p>Hi all,</p><p>please read <a href="{ABS}{a.id}">the kettle paper</a> before Monday, '
        f'and if there is time <a href="{ABS}{b.id}">the other one</a> as well.</p><p>Dora</p>'
    )


@dress("none", "", 3)
def addresses_alone(papers: Papers) -> str:
    return "\n".join(ABS + p.id for p in papers) + "\n"


@dress("none", "", 3)
def sentences_that_end_with_addresses(papers: Papers) -> str:
    a, b, c = papers
    return (
        f"The schedule follows {ABS}{a.id}.\n\nFor the bound we refer to {ABS}{b.id}.\n\n"
        f"All names were taken from {HF}{c.id}.\n"
    )


@dress("none", "", 2)
def a_changelog(papers: Papers) -> str:
    a, b = papers
    return (
        f"# Changelog\n\n## 1.2\n\n- Add the schedule of {ABS}{a.id} (#12)\n- Fix a typo\n\n"
        f"## 1.1\n\n- Use the bound from [this paper]({ABS}{b.id}) by default\n- Drop Python 3.8\n"
    )
