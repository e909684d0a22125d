"""Code is linked, promised, or neither: by what the words around it say, and what they deny."""

import pytest

from tasks.derive.availability import code
from tasks.derive.links import links
from tasks.derive.paper import Paper


def state(abstract: str) -> str:
    paper = Paper("On gardens", abstract)
    return code(paper, links(paper)).code


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("Code: https://github.com/lab/tool", "linked"),
        ("Code and data are available at https://lab.org/x.", "linked"),
        ("Our project page is https://lab.github.io/x", "none"),
        ("Models: https://huggingface.co/lab/m", "none"),
        ("The code will be released.", "promised"),
        ("Code and models will be made publicly available upon acceptance.", "promised"),
        ("We will open-source our data, models, and training code.", "promised"),
        ("We release the benchmark and the evaluation scripts.", "promised"),
        ("Source code is available.", "promised"),
        ("We open-source our garden toolkit.", "promised"),
        ("All data and the evaluation pipeline will be publicly available.", "promised"),
        ("The environment is open-sourced.", "promised"),
        ("We open-source our framework and benchmark.", "promised"),
        ("We release our benchmark and evaluation framework.", "promised"),
        ("We build and open-source OpenFern, a new agent framework.", "promised"),
        ("We introduce a new fully open-source pipeline for gardens.", "promised"),
        ("We present FernTools, a simple, open-source agentic framework.", "promised"),
        ("All codebases and models will be made available.", "promised"),
        ("The example code on GitHub helps.", "promised"),
        (
            "We open-source the data and framework at https://huggingface.co/datasets/lab/x",
            "linked",
        ),
        ("Videos and open-source code are available at https://lab.org/x.", "linked"),
        ("Code will be available at https://lab.org/x.", "linked"),
        ("Code will be released: https://lab.org/x.", "linked"),
        # the page is another one
        ("The page is https://lab.org/x, and code and data will be released soon.", "promised"),
        ("Code will be released, page: https://lab.org/x.", "promised"),
        ("Videos are at https://lab.org/x, and we will make our code public.", "promised"),
        # in other words
        ("We open-source all of our work: weights, data, code, and logs.", "promised"),
        ("As an open-source, simple platform, FernSim grows ferns.", "promised"),
        ("We release our dataset, Ferns, along with an efficient pipeline.", "promised"),
        ("The implementation of both ways of watering is publicly available.", "promised"),
        ("This is our work, with models, data, and code all released.", "promised"),
        ("Pictures and source code are on our anonymous project page.", "promised"),
        ("We provide model weights, code, and recipes.", "promised"),
        ("It may do what no tool could not. Code will be released.", "promised"),
        ("Our list of papers is open-sourced at https://github.com/lab/Survey.", "none"),
        ("Resources are at https://github.com/lab/Awesome-Ferns.", "none"),
        ("A project associated with this survey is at https://github.com/lab/ferns.", "none"),
        ("Code and paper list: https://github.com/lab/ferns", "linked"),
        ("The dataset is available at https://github.com/lab/ferns.", "none"),
        ("Models and data are released at https://github.com/lab/ferns.", "none"),
        ("Data and code are released at https://github.com/lab/ferns.", "linked"),
        ("The models and a toolkit are at https://github.com/lab/ferns.", "linked"),
        ("See https://github.com/lab/ferns.", "linked"),
        ("Code is available on our website. (https://lab.org/ferns)", "linked"),
        ("We release code. Please visit our page: https://lab.org/ferns.", "linked"),
        ("We fully open-source FernSim and keep adding ferns.", "promised"),
        ("FernTrace is public and fully open-source.", "promised"),
        ("We fully open-source the FernNet model.", "none"),
        ("We will make it publicly available upon publication.", "promised"),
        ("The data and evaluation framework are available on GitHub.", "promised"),
        ("Code will come soon. We thank all. See https://lab.org/ferns.", "none"),
        ("We open-source models and training recipes at https://lab.org/ferns.", "linked"),
        ("We open-source our dataset and evaluation tools.", "promised"),
        ("We have released 1,000 ferns, along with a simulation environment.", "promised"),
        ("We release the FernNet models, together with our training framework.", "promised"),
        ("Our open-access data and code serve others.", "promised"),
        ("We open-source our datasets and models.", "none"),
        ("We compare it with open-source frameworks.", "none"),
        ("The framework is slow. We release our dataset.", "none"),
        ("We study a pipeline. The data are released.", "none"),
        ("A public environment is available to plants.", "none"),
        ("The code will not be released for reasons of safety.", "none"),
        ("The weights are public, without any code being released.", "none"),
        ("We study code generation with open-source models and code language models.", "none"),
        ("We release a model. It writes code in many languages.", "none"),
    ],
)
def test_code_is_linked_promised_or_neither(abstract: str, expected: str) -> None:
    paper = Paper("On gardens", abstract)
    state = code(paper, links(paper))
    assert state.code == expected
    if state.span_start is not None:
        assert state.sentence
        assert abstract[state.span_start : state.span_end] in state.sentence


@pytest.mark.parametrize(
    "abstract",
    [
        # what will come
        "Code coming soon.",
        "Code: will be shared after the review.",
        "The weights are public, and the training code will follow.",
        "We plan to open our code to all gardeners.",
        # tools in other words
        "Our watering kernels are open-sourced.",
        "The simulator, which needs one lamp and a pot of earth for a day, is open source.",
        "The software written for this garden is open access.",
        "FernTool is a toolkit for pots, released under the MIT license.",
        "We describe a tool for pots. It is free software: the tool runs on any pot.",
        "An R package with the estimator is available on CRAN.",
        "The package is on PyPI and needs no water.",
        "We write a package for pots, and make it available on PyPI.",
        "It comes as a Python package (pip install ferns).",
        "We give (i) a list of pots and (ii) an open-source tool that fills them.",
        "We present an open-source, soil-free garden planning system.",
        "By open-sourcing our trainer we help all gardeners.",
        "We open-source the model with the full infrastructure stack behind it.",
        "We release FernCount as open source.",
        # code in other words
        "We provide open-source implementations of three ways of watering.",
        "Our open-source implementation waters ten pots.",
        "We provide a reference implementation in C.",
        "It has thirty lines of code, which we publish with this paper.",
        "We make publicly available the training code of all gardens.",
        "We have made public the data and the implementations of watering.",
        "The code is included in the supplementary material.",
        "Source code and one fern are attached to this submission.",
        "Code and a notebook accompany this paper.",
        "We make our pots, planting code, and ranking publicly available.",
        "We will make the code as well as the sorted pots public.",
        "The codes will be opened after the review.",
        "Code and ferns: coming soon.",
        "Code: [link removed for review]",
        "We hope that this work, whose code we make freely accessible, is of use.",
        "We give a list of pots, and provide a long analysis and code for watering them.",
        # tools in other words still
        "It is written in the R package fernspat, available on CRAN.",
        "We release it as a ROS 2 package.",
        "The tool is MIT-licensed and waters pots.",
        "A Blender add-on that shows the garden will be made freely available.",
        "We open-source the entire stack, from seeds to pots.",
        "An open-source release of the Fern compiler accompanies this paper.",
        "It is available as open-source software with pictures.",
        "FernPad is an open-source, web-based tool for gardens.",
        "We open-source FernPad as a Python package.",
        "Released under the MIT license, FernPad is a project of many.",
        "The weights are there, and the materials with example code on GitHub3.",
        "We make the software publicly available to other gardens.",
        "An R package, \\texttt{fernhaz}, with the method is available on CRAN.",
        "Our solver is open source and comes with a garden.",
        "We have open-sourced FernRoute's implementation for all.",
        "Notebooks with all experiments are publicly available.",
        "The whole system, from seeds to pots, is open-sourced.",
        "We also give a fast implementation of the garden, which we open source.",
        "FernFlow grows and is publicly available as a Python package.",
        # what is denied is something else
        "We release not only the weights but also the code.",
        "We cannot share the pots for want of room, but all code will be made public.",
        "The code is now publicly available, while the pots can't be shared.",
        "The pots are closed, the code is publicly available.",
    ],
)
def test_code_may_be_promised_in_many_words(abstract: str) -> None:
    assert state(abstract) == "promised"


@pytest.mark.parametrize(
    "abstract",
    [
        "Only a third of all gardens make their code available.",
        "Gardeners rarely release code: of ten, two had public implementations.",
        "Rather than releasing code, we give a recipe.",
        "We ask gardeners why they release their code.",
        "We use the FernNet model, whose code and weights are released under a licence.",
        "Releasing code alone isn't sufficient.",
        "We show how often the released code contains weeds.",
        "We read source code that is trained on publicly available gardens.",
        "We present a survey of open-source tools for gardens.",
        "We compare it with the open-source framework FernTool.",
        "No code is released.",
        "We measure the openness of released ferns with regard to their pots and training code.",
        "We compare it with all ways of watering for which code is publicly available.",
        'The words "open source gardens" confuse access to pots and to code.',
        "The release of ferns will help research in code intelligence.",
    ],
)
def test_code_of_others_and_code_that_is_denied_is_none(abstract: str) -> None:
    assert state(abstract) == "none"


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        # the address is that of something else in the sentence
        ("The weights are at https://lab.org/x, and the code will follow.", "promised"),
        ("The data are at https://lab.org/x and the code will be released later.", "promised"),
        ("We will release the code and we provide videos on https://lab.org/x.", "promised"),
        ("Beside the dataset (https://lab.org/x), we release the code of it.", "promised"),
        ("It runs at https://lab.org/x; its source code will be released.", "promised"),
        ("Links to code can be found at https://github.com/lab/Awesome-Ferns.", "none"),
        ("The page is https://repo-lab.org/code/x.", "none"),
        ("We release three DLMs that write text https://github.com/lab/x.", "none"),
        ("FernBank is publicly available at https://github.com/lab/dataset.", "none"),
        # the address is that of code
        ("Data: https://lab.org/a, code: https://lab.org/b", "linked"),
        ("Our code, data, and models are available at https://lab.org/x.", "linked"),
        ("All code is archived at https://doi.org/10.5281/zenodo.1.", "linked"),
        ("FernStat is on CRAN (https://cran.r-project.org/package=fern).", "linked"),
        ("The simulator is open-sourced at https://lab.org/x.", "linked"),
        ("The benchmark and its harness are at https://github.com/lab/x.", "linked"),
    ],
)
def test_an_address_is_that_of_code_by_its_own_clause(abstract: str, expected: str) -> None:
    assert state(abstract) == expected
