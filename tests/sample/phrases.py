"""The stock of phrases the sample digests are composed from. Data only, written for this project.

A `Topic` holds what only that topic can say; the tuples below it hold sentences any topic can
use. Braces are slots, filled by `tests.sample.compose`: `name` the system, `part`/`part2` things
it is built from (with article) and `head`/`head2` their last words, `task`, `things`, `goal`,
`signal`/`signal2`, `trouble`/`trouble2`, `bench`/`bench2`, `metric` with `moves`/`a`/`b`/`by`,
`x` a factor, `n` a percentage, `k` a count, `m` a small number, `baseline`, `slug` for links.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A quality an abstract reports: its name, unit suffix, direction and plausible range."""

    name: str
    low: float
    high: float
    unit: str = ""
    lower_is_better: bool = False


@dataclass(frozen=True)
class Topic:
    """One field of research, as far as its titles and abstracts need it."""

    field: str
    stems: tuple[str, ...]
    tasks: tuple[str, ...]
    things: tuple[str, ...]
    goals: tuple[str, ...]
    parts: tuple[str, ...]
    signals: tuple[str, ...]
    troubles: tuple[str, ...]
    benches: tuple[str, ...]
    metrics: tuple[Metric, ...]
    openings: tuple[str, ...]
    mechanisms: tuple[str, ...]


ROBOTS = Topic(
    field="robot learning",
    stems=("Hinge", "Tendon", "Gripper", "Knuckle", "Ratchet", "Pallet"),
    tasks=(
        "drawer-and-door manipulation",
        "cable routing",
        "bimanual folding",
        "cluttered bin picking",
        "tool use with compliant hands",
    ),
    things=("manipulation policies", "warehouse robots", "two-armed robots", "grasp planners"),
    goals=(
        "recover from a slipped grasp",
        "insert a plug it has never seen",
        "fold towels of any size",
        "hand objects over without dropping them",
        "stop before a hinge is forced",
    ),
    parts=(
        "a contact-aware tokenizer",
        "a wrist-torque encoder",
        "a short-horizon action planner",
        "a slip detector",
        "an object-centred replay buffer",
        "a compliance controller",
    ),
    signals=(
        "gripper torque traces",
        "fingertip camera frames",
        "unlabelled teleoperation logs",
        "kitchen play recordings",
        "simulated contact events",
        "human hand motions",
    ),
    troubles=(
        "contact forces that no camera sees",
        "small calibration errors between two arms",
        "demonstrations recorded at different speeds",
        "objects that deform while being held",
        "recovery motions missing from the data",
    ),
    benches=("DrawerRun", "CableYard-40", "FoldIt-Again", "BinTop"),
    metrics=(
        Metric("success rate", 38, 82, "%"),
        Metric("placement error", 4, 19, " mm", True),
        Metric("tasks completed per hour", 14, 60),
    ),
    openings=(
        "Robots that learn {task} from demonstrations tend to copy the path and ignore the force.",
        "A policy for {task} is judged on the first attempt, yet most real work is in the second.",
        "Collecting {signal} is cheap compared with demonstrations, but few policies can use it.",
        "In {task}, the last two centimetres decide the outcome and are the least observed.",
    ),
    mechanisms=(
        (
            "At every control step the {head} compares expected and measured load, and asks "
            "for a new plan only when they part company."
        ),
        "Training alternates between {signal} and a handful of corrections given by an operator.",
        (
            "{name} splits each episode at the moments of contact, so that a failed insertion "
            "can be retried without starting over."
        ),
        "The arm is asked to explain a failure in terms of {trouble} before it moves again.",
    ),
)

SPEECH = Topic(
    field="speech recognition",
    stems=("Murmur", "Vowel", "Larynx", "Cadence", "Whistle", "Parley"),
    tasks=(
        "streaming transcription",
        "far-field recognition",
        "code-switched transcription",
        "meeting diarization",
        "child speech recognition",
    ),
    things=("speech recognizers", "streaming transducers", "meeting transcribers", "voice models"),
    goals=(
        "follow two people talking at once",
        "spell names they hear once",
        "keep up with a fast talker",
        "stay silent when nobody speaks",
        "switch language within a sentence",
    ),
    parts=(
        "a chunked acoustic encoder",
        "a speaker-turn pointer",
        "a phoneme lattice",
        "a silence gate",
        "an overlap-aware decoder",
        "a pronunciation memory",
    ),
    signals=(
        "unpaired radio archives",
        "read-aloud textbooks",
        "room impulse responses",
        "lip movements",
        "hesitations and restarts",
        "crowd-sourced corrections",
    ),
    troubles=(
        "talkers who overlap",
        "words inserted during long silences",
        "accents that the training hours leave out",
        "delays caused by look-ahead",
        "rare place names",
    ),
    benches=("KitchenTable-9h", "TwoTongues", "Hallway-Far", "PlaygroundASR"),
    metrics=(
        Metric("word error rate", 5, 24, "%", True),
        Metric("median latency", 180, 900, " ms", True),
        Metric("speaker attribution accuracy", 61, 93, "%"),
    ),
    openings=(
        "Error rates on read speech have flattened, while {task} in ordinary rooms lags behind.",
        "Anyone who has used captions in a noisy room knows the cost of {trouble}.",
        (
            "Most progress in {task} comes from more hours of audio, and those hours are not "
            "spread evenly."
        ),
        "Streaming systems must commit to a word before they have heard the end of the sentence.",
    ),
    mechanisms=(
        (
            "The {head} emits a word only when two consecutive chunks agree on it, which "
            "removes most retractions."
        ),
        "We pre-train on {signal}, then freeze the lower layers and adapt the rest for {task}.",
        "{name} keeps one hidden state per talker and lets them compete for each frame.",
        "A second pass rescoring with {part2} touches only the spans that the first pass doubted.",
    ),
)

VIDEO = Topic(
    field="video generation",
    stems=("Reel", "Shutter", "Montage", "Parallax", "Clapper", "Storyboard"),
    tasks=(
        "minute-long video synthesis",
        "camera-controlled generation",
        "video inpainting",
        "multi-shot storytelling",
        "frame interpolation",
    ),
    things=("video diffusion models", "video generators", "shot editors", "causal video models"),
    goals=(
        "remember a face after a cut",
        "follow a hand-drawn camera path",
        "keep water flowing downhill",
        "render an hour without drifting",
        "edit one object and leave the rest alone",
    ),
    parts=(
        "a shot-level memory",
        "a causal latent codec",
        "a camera-ray embedding",
        "a motion prior",
        "an identity bank",
        "a drift corrector",
    ),
    signals=(
        "handheld phone footage",
        "rendered camera sweeps",
        "optical-flow residuals",
        "time-lapse recordings",
        "cut lists from public-domain films",
        "depth maps",
    ),
    troubles=(
        "colours that drift after a few hundred frames",
        "characters that change clothes between shots",
        "movements that freeze in long clips",
        "attention costs that grow with the square of the length",
        "flickering textures",
    ),
    benches=("LongTake", "CutBack-500", "WaterTest", "CameraPath-V"),
    metrics=(
        Metric("subject consistency", 71, 95, "%"),
        Metric("video distance score", 92, 310, "", True),
        Metric("human preference rate", 34, 71, "%"),
    ),
    openings=(
        "Short clips look convincing today; {task} still falls apart after the first cut.",
        "Long videos are usually produced window by window, which invites {trouble}.",
        "Evaluating {task} frame by frame hides the errors that viewers notice first.",
        "The cost of full attention makes {task} a privilege of large clusters.",
    ),
    mechanisms=(
        "Between windows, {name} passes on a compact summary of the scene instead of raw frames.",
        "The {head} is trained on {signal}, where the true motion is known exactly.",
        (
            "Noise levels are assigned per frame, so that the past stays clean while the "
            "future is still being drawn."
        ),
        "During sampling we re-anchor every shot to {part2} and let the model refine the rest.",
    ),
)

SERVING = Topic(
    field="language-model inference",
    stems=("Cache", "Ledger", "Turnstile", "Spool", "Sluice", "Throttle"),
    tasks=(
        "long-context decoding",
        "speculative decoding",
        "key-value cache compression",
        "mixed-length batch serving",
        "on-device decoding",
    ),
    things=("language models", "serving engines", "draft models", "long-context decoders"),
    goals=(
        "serve a million tokens from one card",
        "forget the right half of the cache",
        "draft eight tokens at a time",
        "share prefixes between tenants",
        "decode within a fixed energy budget",
    ),
    parts=(
        "a two-tier cache",
        "an eviction policy",
        "a draft tree",
        "a page-aligned kernel",
        "a request scheduler",
        "a low-rank key sketch",
    ),
    signals=(
        "attention entropies",
        "recorded request logs",
        "acceptance statistics",
        "prefix reuse counts",
        "memory-bandwidth counters",
        "token arrival times",
    ),
    troubles=(
        "memory transfers that dwarf the arithmetic",
        "requests of very different lengths in one batch",
        "drafts rejected at the first token",
        "cache entries that are never read again",
        "latency spikes under bursts",
    ),
    benches=("NeedleYard", "BurstLoad-24h", "PrefixMill", "PocketServe"),
    metrics=(
        Metric("throughput", 900, 5200, " tokens/s"),
        Metric("time to first token", 210, 1400, " ms", True),
        Metric("exact-match accuracy", 41, 78),
    ),
    openings=(
        "The price of {task} is set by memory, not by arithmetic.",
        "A serving engine sees requests that differ by three orders of magnitude in length.",
        "Compressing what a model remembers is easy; knowing what it will need is not.",
        "Systems for {task} are tuned on steady traffic and deployed under bursts.",
    ),
    mechanisms=(
        "The {head} is rebuilt every {m} steps from {signal}, at a cost below one decode step.",
        "{name} leaves the weights untouched and needs no calibration set.",
        "Pages that miss their deadline are moved to host memory and fetched back by {part2}.",
        (
            "We prove that the scheme returns the same distribution as ordinary decoding "
            "whenever the draft is independent of the cache."
        ),
    ),
)

REASONING = Topic(
    field="mathematical reasoning",
    stems=("Lemma", "Abacus", "Corollary", "Syllogism", "Tally", "Proofreader"),
    tasks=(
        "olympiad-style problem solving",
        "formal theorem proving",
        "multi-step word problems",
        "proof repair",
        "self-verification of derivations",
    ),
    things=("reasoning models", "proof search systems", "verifiers", "chain-of-thought models"),
    goals=(
        "notice their own wrong turns",
        "stop thinking when the answer is known",
        "prove lemmas before theorems",
        "count without enumerating",
        "transfer tricks between fields of mathematics",
    ),
    parts=(
        "a step-level verifier",
        "a lemma library",
        "a length-aware reward",
        "a backtracking head",
        "a problem rewriter",
        "a curriculum of shrinking hints",
    ),
    signals=(
        "discarded proof attempts",
        "final-answer checks",
        "paired right and wrong derivations",
        "compiler messages",
        "solution lengths",
        "textbook exercises",
    ),
    troubles=(
        "long derivations that end in a guess",
        "rewards that arrive only at the last line",
        "verifiers that prefer fluent mistakes",
        "problems that leaked into the training text",
        "wasted tokens on easy questions",
    ),
    benches=("HardSums-300", "LemmaGarden", "ProofMend", "OlymPlus"),
    metrics=(
        Metric("pass@1", 29, 77),
        Metric("tokens per solved problem", 2100, 9400, "", True),
        Metric("proof completion rate", 22, 58, "%"),
    ),
    openings=(
        "Longer chains of thought buy accuracy in {task}, up to a point that is rarely measured.",
        "Reinforcement learning for {task} rewards the last line and hopes for the others.",
        "It is tempting to read a derivation as an explanation of how the answer was found.",
        "Models that excel at {task} can fail when the same problem is told backwards.",
    ),
    mechanisms=(
        "Every step is scored by the {head}, and only the first wrong step receives a penalty.",
        "We mine {signal} for contrasts, which gives supervision without a single human label.",
        "{name} spends its budget where the {head2} is least certain and cuts the rest short.",
        "Problems are reordered as the policy improves, so that about half of them stay hard.",
    ),
)

RETRIEVAL = Topic(
    field="information retrieval",
    stems=("Index", "Lantern", "Shelf", "Almanac", "Signpost", "Bookend"),
    tasks=(
        "multi-hop question answering",
        "dense passage retrieval",
        "retrieval over changing corpora",
        "legal case search",
        "table and text retrieval",
    ),
    things=("retrievers", "rerankers", "search engines", "retrieval-augmented models"),
    goals=(
        "say that nothing relevant exists",
        "find the newer of two documents",
        "search tables and prose together",
        "cite the sentence they used",
        "ask for one more document",
    ),
    parts=(
        "a late-interaction scorer",
        "a query planner",
        "an evidence graph",
        "a freshness prior",
        "a learned sparse index",
        "a disagreement detector",
    ),
    signals=(
        "click-free relevance judgements",
        "hyperlink paths",
        "revision histories",
        "questions without answers",
        "near-duplicate passages",
        "citation contexts",
    ),
    troubles=(
        "passages that contradict one another",
        "queries that name nothing",
        "indexes that age faster than they are rebuilt",
        "distractors that share every keyword",
        "answers split over several documents",
    ),
    benches=("TwoHopTown", "StaleWiki", "CaseDrawer", "TabText-Mix"),
    metrics=(
        Metric("nDCG@10", 39, 68),
        Metric("recall@20", 58, 91, "%"),
        Metric("index size", 12, 96, " GB", True),
    ),
    openings=(
        "A retriever is asked for the best passages and has no way to say that there are none.",
        "Work on {task} assumes a corpus that stands still, whereas real collections change daily.",
        "Adding more passages to the context helps until {trouble} take over.",
        "Users of {task} judge the first three results and remember the one that was wrong.",
    ),
    mechanisms=(
        "The {head} looks at all candidates at once and may return fewer than it was asked for.",
        "Negative examples come from {signal}, which are hard for a reason that can be stated.",
        "{name} stores a single vector per document and recovers detail from {part2} on demand.",
        "Updates are appended to a small side index and folded in when traffic is low.",
    ),
)

CODE = Topic(
    field="software engineering with language models",
    stems=("Patch", "Refactor", "Stacktrace", "Linter", "Rebase", "Testbed"),
    tasks=(
        "repository-level repair",
        "unit-test generation",
        "type-annotation inference",
        "performance debugging",
        "legacy code migration",
    ),
    things=("code models", "repair systems", "test generators", "migration tools"),
    goals=(
        "fix the cause and not the symptom",
        "write tests that fail for the right reason",
        "migrate a codebase one module at a time",
        "read a stack trace from the bottom",
        "leave working code alone",
    ),
    parts=(
        "a call-graph index",
        "a mutation-based critic",
        "a sandboxed executor",
        "a patch ranker",
        "a minimal-diff decoder",
        "a build-log reader",
    ),
    signals=(
        "reverted commits",
        "failing continuous builds",
        "execution traces",
        "review comments",
        "coverage reports",
        "deprecated interfaces",
    ),
    troubles=(
        "tests that pass for the wrong reason",
        "patches that delete the failing check",
        "dependencies that no longer build",
        "issues described in two sentences",
        "edits far larger than the bug",
    ),
    benches=("RevertBench", "OldMain-220", "FlakyFarm", "TypeFill"),
    metrics=(
        Metric("resolved issues", 19, 57, "%"),
        Metric("mutation score", 44, 79, "%"),
        Metric("median patch size", 7, 41, " lines", True),
    ),
    openings=(
        "A patch that turns the tests green is not always a repair.",
        "Benchmarks for {task} reward the final state of a repository and ignore the path to it.",
        "Maintainers spend more time on {trouble} than on writing new functions.",
        "Code models are trained on finished files, although software is written as edits.",
    ),
    mechanisms=(
        (
            "Candidates are executed in isolation, and the {head} discards those that merely "
            "silence an error."
        ),
        "{name} learns from {signal}, pairs in which the better version is known in advance.",
        (
            "Before editing, the model must name the function at fault, which is checked "
            "against a recorded run."
        ),
        "The {head2} limits each edit to the lines that a failing test can reach.",
    ),
)

DOCUMENTS = Topic(
    field="document understanding",
    stems=("Folio", "Margin", "Ledgerline", "Inkwell", "Vellum", "Footnote"),
    tasks=(
        "chart question answering",
        "handwritten form reading",
        "layout-preserving transcription",
        "slide understanding",
        "multi-page contract review",
    ),
    things=("vision-language models", "document parsers", "chart readers", "page encoders"),
    goals=(
        "read a chart without its labels",
        "follow a footnote to its source",
        "transcribe tables that span pages",
        "point at the cell they quote",
        "read forms filled in by hand",
    ),
    parts=(
        "a reading-order head",
        "a high-resolution crop selector",
        "a table-structure decoder",
        "a pointer to page regions",
        "an axis calibrator",
        "a page-level memory",
    ),
    signals=(
        "typesetting sources",
        "synthetic invoices",
        "scanned municipal archives",
        "rendered plots with known values",
        "pen strokes",
        "bounding boxes from screen readers",
    ),
    troubles=(
        "tables that continue on the next page",
        "numbers read from the wrong axis",
        "stamps printed over text",
        "tokens wasted on empty margins",
        "answers that quote no region",
    ),
    benches=("ChartBlind", "FormStack", "PageTurn-1k", "ClauseHunt"),
    metrics=(
        Metric("normalized edit distance", 0.06, 0.34, "", True),
        Metric("relaxed accuracy", 52, 88, "%"),
        Metric("grounded answers", 31, 74, "%"),
    ),
    openings=(
        "A page is read in an order that its pixels do not reveal.",
        "Vision-language models describe a chart fluently and misread its third bar.",
        "Archives hold millions of pages for {task}, and few of them look like the training set.",
        "Raising the resolution helps with {task} but multiplies the number of tokens.",
    ),
    mechanisms=(
        "The {head} proposes a few crops, and only those are encoded at full resolution.",
        (
            "{name} is supervised with {signal}, for which the correct reading is known by "
            "construction."
        ),
        (
            "Each answer carries a region, and answers whose region does not contain the "
            "value are rejected."
        ),
        "We let {part2} decide the reading order first and transcribe in a second pass.",
    ),
)

GEOMETRY = Topic(
    field="3D reconstruction",
    stems=("Voxel", "Facet", "Trellis", "Gable", "Plumb", "Isohypse"),
    tasks=(
        "sparse-view reconstruction",
        "dynamic scene capture",
        "indoor mapping",
        "relightable asset creation",
        "city-scale surface recovery",
    ),
    things=("Gaussian splats", "neural surfaces", "reconstruction networks", "mapping systems"),
    goals=(
        "see round corners with two photographs",
        "keep thin structures thin",
        "separate light from paint",
        "map a building in one walk",
        "reconstruct glass and mirrors",
    ),
    parts=(
        "a visibility field",
        "a pose-free matcher",
        "a surface regularizer",
        "a level-of-detail tree",
        "a reflectance decoder",
        "a plane-aware densifier",
    ),
    signals=(
        "uncalibrated photo pairs",
        "drone passes",
        "depth completions",
        "shadow boundaries",
        "floor plans",
        "laser sweeps",
    ),
    troubles=(
        "floating artefacts in empty space",
        "mirrors that look like doorways",
        "views with almost no overlap",
        "scale errors along corridors",
        "lighting effects baked into the texture",
    ),
    benches=("TwoPhotos", "MirrorHall", "WalkThrough-60", "RooftopSet"),
    metrics=(
        Metric("peak signal-to-noise ratio", 21.5, 31.0, " dB"),
        Metric("Chamfer distance", 1.1, 6.8, " mm", True),
        Metric("reconstruction time", 3, 48, " min", True),
    ),
    openings=(
        "Given two photographs, {task} is a guess; given two hundred, it is a matter of patience.",
        "Novel views can look right while the surface beneath them is wrong.",
        (
            "Optimizing one scene at a time makes {task} slow, and forgetting everything "
            "between scenes makes it slower."
        ),
        "Reflective and transparent objects remain the blind spot of {task}.",
    ),
    mechanisms=(
        "The {head} assigns every ray a probability of being blocked, and gradients follow it.",
        "{name} predicts geometry in one forward pass and spends the remaining time on {trouble}.",
        "Using {signal} as a weak constraint removes the need for known camera poses.",
        "Primitives are merged by {part2} as soon as they describe the same plane.",
    ),
)

MOLECULES = Topic(
    field="molecular design",
    stems=("Ligand", "Helix", "Catalyst", "Amide", "Solvate", "Isomer"),
    tasks=(
        "protein-ligand docking",
        "enzyme design",
        "crystal structure prediction",
        "retrosynthesis planning",
        "antibody loop modelling",
    ),
    things=("structure predictors", "molecular generators", "force fields", "docking models"),
    goals=(
        "propose molecules that can be made",
        "respect the chirality of their inputs",
        "rank binders without a crystal structure",
        "plan a synthesis backwards",
        "say how sure they are of a pose",
    ),
    parts=(
        "an equivariant denoiser",
        "a synthesis-cost estimator",
        "a pocket encoder",
        "a torsion sampler",
        "an energy-based filter",
        "a reaction-template memory",
    ),
    signals=(
        "failed reactions",
        "molecular-dynamics snapshots",
        "binding assays",
        "homologous sequences",
        "cryo-microscopy maps",
        "vendor catalogues",
    ),
    troubles=(
        "molecules that exist only on paper",
        "steric clashes in predicted poses",
        "proteins that move when bound",
        "assays that disagree with each other",
        "test targets too close to the training set",
    ),
    benches=("PocketFar", "EnzymeLadder", "MakeAble-2k", "PackedCell"),
    metrics=(
        Metric("success within 2 Å", 28, 63, "%"),
        Metric("energy error", 0.4, 3.9, " kcal/mol", True),
        Metric("synthesizable fraction", 35, 84, "%"),
    ),
    openings=(
        "Generators for {task} are easy to please with scores and hard to please with chemistry.",
        "Progress in {task} is measured on targets that resemble the training set.",
        "Structure prediction gives one answer where nature keeps several.",
        "Laboratories run {task} in weekly cycles, so a wrong ranking costs a week.",
    ),
    mechanisms=(
        "The {head} works in torsion space, where bond lengths cannot be violated.",
        "{name} is trained on {signal} as well as on successes, which teaches it what to avoid.",
        "A candidate is kept only if {part2} finds a route of at most {m} steps.",
        "We sample with an annealed schedule (α ≈ 0.3) and keep the ensemble, not its mean.",  # noqa: RUF001
    ),
)

SAFETY = Topic(
    field="safety evaluation",
    stems=("Bulwark", "Canary", "Tripwire", "Lockstep", "Sentry", "Guardrail"),
    tasks=(
        "refusal calibration",
        "toxicity auditing",
        "hallucination detection",
        "watermark verification",
        "privacy leakage measurement",
    ),
    things=("chat models", "content filters", "hallucination detectors", "audit tools"),
    goals=(
        "refuse less and mean it",
        "admit what they do not know",
        "keep a secret across a long conversation",
        "survive a paraphrase attack",
        "report their own uncertainty",
    ),
    parts=(
        "a claim splitter",
        "a calibrated abstention rule",
        "a paraphrase attacker",
        "a leakage probe",
        "a two-key watermark",
        "an evidence checker",
    ),
    signals=(
        "benign questions that look harmful",
        "internal activations",
        "held-out canary strings",
        "expert disagreements",
        "repeated samples",
        "court-record summaries",
    ),
    troubles=(
        "harmless requests that are turned away",
        "detectors that learn the style and not the fact",
        "audits that can be gamed once published",
        "watermarks lost in translation",
        "confidence scores that do not track accuracy",
    ),
    benches=("BenignEdge", "CanaryNest", "FactSplit", "TurnAway-3"),
    metrics=(
        Metric("false refusal rate", 4, 27, "%", True),
        Metric("detection AUROC", 68, 94),
        Metric("calibration error", 2.1, 14.5, "%", True),
    ),
    openings=(
        "A model that refuses everything is safe and useless, and benchmarks seldom see both ends.",
        "Work on {task} reports averages, although harm is a matter of tails.",
        "Detectors of {trouble} are often tested on the generators they were trained with.",
        "Audits lose their value as soon as the audited party has seen the questions.",
    ),
    mechanisms=(
        (
            "The {head} breaks an answer into claims of one fact each and asks for support "
            "for every one."
        ),
        "{name} reads {signal} without access to the training data or the weights of a reference.",
        "We fix the false-positive rate in advance and report only what remains.",
        (
            "Attack and defence share a budget, so that improvements on {part2} cannot be "
            "bought with queries."
        ),
    ),
)

OPTIMIZATION = Topic(
    field="training dynamics",
    stems=("Gradient", "Pendulum", "Ballast", "Flywheel", "Damper", "Keel"),
    tasks=(
        "large-batch pre-training",
        "low-precision training",
        "data mixture selection",
        "continual pre-training",
        "mixture-of-experts routing",
    ),
    things=("optimizers", "expert routers", "small proxy models", "pre-training runs"),
    goals=(
        "predict their own loss curve",
        "forget slowly when the data changes",
        "train in four bits",
        "choose data before spending compute",
        "balance experts without a penalty",
    ),
    parts=(
        "a curvature-aware step rule",
        "a mixture-weight controller",
        "a stochastic rounding scheme",
        "a load-free router",
        "a spike detector",
        "a warm-restart schedule",
    ),
    signals=(
        "gradient-noise readings",
        "losses of small proxy runs",
        "per-domain validation curves",
        "checkpoint differences",
        "router entropies",
        "activation outliers",
    ),
    troubles=(
        "loss spikes late in training",
        "experts that never receive a token",
        "domains that crowd each other out",
        "hyper-parameters that do not transfer across width",
        "outliers that defeat quantization",
    ),
    benches=("ProxyLadder", "MixField", "SpikeLog", "FourBit-Run"),
    metrics=(
        Metric("validation loss", 2.1, 3.4, "", True),
        Metric("downstream average", 47, 66),
        Metric("training time", 11, 72, " hours", True),
    ),
    openings=(
        "Every decision about {task} is made on a small model and paid for on a large one.",
        "A pre-training run is too expensive to repeat, which makes {trouble} expensive too.",
        "Folklore about {task} is abundant, controlled comparisons are not.",
        "Scaling laws tell us how much data to use and stay silent about which.",
    ),
    mechanisms=(
        "The {head} reads {signal} every {m} steps and changes nothing else in the recipe.",
        "{name} adds a single scalar of state per tensor and no extra passes.",
        (
            "We derive the update from a bound on $\\|\\nabla f\\|^2$ and show that it "
            "reduces to the usual one for a quadratic."
        ),
        "The schedule is fitted on runs of 40M to 400M parameters and then left alone.",
    ),
)

WEATHER = Topic(
    field="forecasting",
    stems=("Isobar", "Squall", "Gauge", "Estuary", "Meridian", "Tidal"),
    tasks=(
        "medium-range weather prediction",
        "flood nowcasting",
        "electricity demand forecasting",
        "irregular time-series imputation",
        "seasonal crop forecasting",
    ),
    things=("forecasting models", "time-series transformers", "nowcasting systems", "emulators"),
    goals=(
        "forecast the extremes and not only the mean",
        "use a gauge that reports once a week",
        "conserve mass over a season",
        "admit a broken sensor",
        "forecast a river nobody has measured",
    ),
    parts=(
        "a spherical attention grid",
        "a quantile head",
        "a gap-tolerant encoder",
        "a conservation layer",
        "a regime-change detector",
        "an ensemble distiller",
    ),
    signals=(
        "radar composites",
        "sparse river gauges",
        "reanalysis fields",
        "satellite soundings",
        "holiday calendars",
        "farm-level yields",
    ),
    troubles=(
        "storms that the average smooths away",
        "sensors that go silent in the event they are needed for",
        "trends that the past does not contain",
        "grids that stretch near the poles",
        "overlapping windows that leak the future",
    ),
    benches=("GaugeGap", "StormTail", "GridLoad-EU", "HarvestLine"),
    metrics=(
        Metric("root mean squared error", 1.2, 7.7, "", True),
        Metric("critical success index", 0.28, 0.61),
        Metric("continuous ranked probability score", 0.14, 0.52, "", True),
    ),
    openings=(
        "Averaged scores favour cautious forecasts, and {task} is needed most when caution fails.",
        "Observations for {task} arrive late, on uneven grids and with gaps.",
        "Learned emulators now rival numerical models on ordinary days.",
        "The models used for {task} assume that tomorrow is drawn from the same hat as yesterday.",
    ),
    mechanisms=(
        "The {head} outputs a full distribution, fitted with a proper score on {signal}.",
        "{name} treats a missing reading as information and encodes how long it has been missing.",
        "A hard constraint in {part2} keeps the water budget closed to machine precision.",
        "Extreme events are resampled during training and reweighted when scores are computed.",
    ),
)

MUSIC = Topic(
    field="music and audio generation",
    stems=("Ostinato", "Timbre", "Fermata", "Reverb", "Cadenza", "Plectrum"),
    tasks=(
        "accompaniment generation",
        "stem separation",
        "sound-effect synthesis",
        "symbolic composition",
        "singing voice conversion",
    ),
    things=("music generators", "audio codecs", "separation networks", "singing synthesizers"),
    goals=(
        "keep the beat for five minutes",
        "leave room for a soloist",
        "separate instruments they were never taught",
        "match the reverb of a room",
        "modulate and come back home",
    ),
    parts=(
        "a beat-synchronous codec",
        "a chord-aware planner",
        "a phase-consistent vocoder",
        "a room embedding",
        "a stem query",
        "a repetition memory",
    ),
    signals=(
        "public-domain scores",
        "multitrack recordings",
        "drum-machine patterns",
        "foley recordings",
        "piano-roll edits",
        "choir rehearsals",
    ),
    troubles=(
        "rhythms that wander after a minute",
        "vocals that bleed into every stem",
        "phase artefacts on cymbals",
        "melodies copied from the training set",
        "endings that simply stop",
    ),
    benches=("FiveMinutes", "StemYard", "RoomTone", "ChoirSplit"),
    metrics=(
        Metric("signal-to-distortion ratio", 5.8, 11.4, " dB"),
        Metric("beat deviation", 9, 64, " ms", True),
        Metric("listener preference", 36, 69, "%"),
    ),
    openings=(
        "Generated music is pleasant for thirty seconds and aimless for three minutes.",
        "In {task}, the ear forgives a wrong note sooner than a late one.",
        "Large collections of {signal} exist, but seldom with the alignment that training needs.",
        "Objective scores for {task} and the opinion of listeners part ways early.",
    ),
    mechanisms=(
        "Tokens are laid out on beats instead of milliseconds, so the {head} can plan in bars.",
        "{name} listens to the whole mix and edits one stem at a time.",
        "We add {part2} that penalizes exact copies longer than {m} bars.",
        "The same backbone is conditioned on {signal} or on text, never on both at once.",
    ),
)

MEDICAL = Topic(
    field="medical imaging",
    stems=("Sonde", "Lumen", "Biopsy", "Caliper", "Pulse", "Scanner"),
    tasks=(
        "lesion segmentation",
        "radiology report drafting",
        "whole-slide classification",
        "low-dose reconstruction",
        "ultrasound guidance",
    ),
    things=("segmentation models", "slide encoders", "report generators", "triage models"),
    goals=(
        "ask for a second view",
        "compare a scan with last year's",
        "outline a lesion with three clicks",
        "work on scanners they were not trained on",
        "leave normal findings out of the report",
    ),
    parts=(
        "a prior-scan comparator",
        "a slide-level aggregator",
        "a click encoder",
        "an uncertainty map",
        "a scanner-invariant stem",
        "a findings checklist",
    ),
    signals=(
        "follow-up examinations",
        "unlabelled ultrasound sweeps",
        "reader disagreements",
        "pathology slides",
        "dose-reduced scans",
        "structured reports",
    ),
    troubles=(
        "scanners that shift every histogram",
        "labels that experts do not agree on",
        "lesions smaller than a patch",
        "reports that mention what was not imaged",
        "hospitals missing from the training set",
    ),
    benches=("ThreeClicks", "NextVisit", "SlideShift-8", "QuietScan"),
    metrics=(
        Metric("Dice score", 61, 89),
        Metric("false positives per scan", 0.4, 3.8, "", True),
        Metric("sensitivity", 66, 94, "%"),
    ),
    openings=(
        "Radiologists compare; most models for {task} look at one image and nothing else.",
        "A system for {task} that works in one hospital is a result, in two it is a tool.",
        "Labels for {task} come from several readers, and averaging them throws evidence away.",
        "Screening produces many normal scans, and a useful model must be quick to say so.",
    ),
    mechanisms=(
        "The {head} aligns the current scan with {signal} before anything is compared.",
        "{name} needs {m} clicks per case and proposes the next one where it is least sure.",
        "Sites are held out one at a time, and no threshold is tuned on the site under test.",
        "Disagreement between readers is kept as a target and predicted by {part2}.",
    ),
)

TRANSLATION = Topic(
    field="multilingual language modelling",
    stems=("Glossary", "Dialect", "Rosetta", "Idiom", "Syllable", "Lexeme"),
    tasks=(
        "low-resource translation",
        "cross-lingual transfer",
        "dialect identification",
        "script-agnostic tokenization",
        "document-level translation",
    ),
    things=("translation models", "multilingual encoders", "tokenizers", "dialect classifiers"),
    goals=(
        "learn a language from its grammar book",
        "spend the same number of tokens on every script",
        "keep pronouns consistent over a page",
        "translate proverbs by meaning",
        "tell neighbouring dialects apart",
    ),
    parts=(
        "a byte-level adapter",
        "a dictionary look-up head",
        "a script-neutral vocabulary",
        "a discourse cache",
        "a pivot-free aligner",
        "a morphology probe",
    ),
    signals=(
        "bilingual field notes",
        "grammar-book examples",
        "subtitles with time codes",
        "transliteration pairs",
        "folk-tale collections",
        "parliament minutes",
    ),
    troubles=(
        "scripts that are split into single bytes",
        "parallel texts that are machine-made",
        "pronouns that depend on the previous page",
        "dialects without a standard spelling",
        "evaluation sets translated from English",
    ),
    benches=("FieldNotes-31", "PageWise", "ScriptFair", "VillageTalk"),
    metrics=(
        Metric("chrF++", 31, 58),
        Metric("tokens per word", 1.3, 4.1, "", True),
        Metric("terminology accuracy", 48, 86, "%"),
    ),
    openings=(
        "For most of the world's languages, the available text fits on a memory stick.",
        "Gains in {task} are reported on averages that a dozen large languages dominate.",
        "Test sets for {task} are often translated from English and inherit its word order.",
        "A tokenizer decides, before training starts, which languages will be expensive.",
    ),
    mechanisms=(
        "The {head} is trained on {signal} only and plugged into a frozen backbone.",
        "{name} retrieves dictionary entries for unknown words and cites them in the output.",
        "Languages share parameters in proportion to measured similarity, not to family trees.",
        "A small amount of {signal2} is enough for {part2} to settle on an orthography.",
    ),
)

TOPICS = (
    ROBOTS,
    SPEECH,
    VIDEO,
    SERVING,
    REASONING,
    RETRIEVAL,
    CODE,
    DOCUMENTS,
    GEOMETRY,
    MOLECULES,
    SAFETY,
    OPTIMIZATION,
    WEATHER,
    MUSIC,
    MEDICAL,
    TRANSLATION,
)

SUFFIXES = (
    "Net",
    "LM",
    "Flow",
    "Former",
    "Kit",
    "Cast",
    "Loop",
    "Forge",
    "-3D",
    "-2",
    "Diff",
    "Mix",
    "Scope",
    "Lens",
    "Tune",
    "Graph",
    "Walk",
    "Weave",
    "++",
    "-Zero",
    "",
    "",
    "",
)

SUBTITLES = (
    "teaching {things} to {goal}",
    "{task} from {signal}",
    "{task} with {part}",
    "how {things} learn to {goal}",
    "rethinking {task} under {trouble}",
    "a benchmark of {k} cases for {task}",
    "helping {things} {goal}",
    "scaling {task} with {signal}",
    "training-free {task} through {part}",
    "{signal} are enough for {task}",
    "from {signal} to {task}",
    "one model for {task} and {task2}",
    "an open recipe for {task}",
    "measuring {trouble} in {field}",
    "{task} in {m} steps",
    "where {things} go wrong in {task}",
    "joint {task} and {task2}",
    "learning {task} with {part} and {part2}",
    "efficient {task} by means of {part}",
    "{things} that {goal}",
)

BARE_TITLES = (
    "can {things} {goal}?",
    "on the limits of {task}",
    "what do {things} learn from {signal}?",
    "towards {task} from {signal}",
    "{things} can {goal}",
    "do {things} need {signal}?",
    "{task} with {part}",
    "the hidden cost of {trouble}",
    "a closer look at {task} and {trouble}",
    "learning to {goal} from {signal}",
    "beyond averages in {task}",
    "{signal} as supervision for {task}",
    "a field guide to {trouble}",
    "when {things} meet {trouble}",
)

FLOURISHES = (
    "{title} à la Carte",
    "{title} via Schrödinger Bridges",
    "{title} on the Poincaré Ball",
    "{title} with $O(n \\log n)$ Memory",
    "{title} at $10^{{-3}}$ of the Cost",
    "{title} without Naïve Averaging",
    "{title} under $\\ell_2$ Constraints",
)

ODD_NAMES = ("$\\beta$-{name}", "{name}$^2$", "\\textsc{{{name}}}", "{name}-α", "µ{name}")  # noqa: RUF001

GAPS = (
    "Current {things} struggle with {trouble}, and larger models do not make the problem go away.",
    "We trace a good part of the remaining errors to {trouble}.",
    "Two obstacles stand out: {trouble}, and {trouble2}.",
    "Earlier attempts need {signal} in quantities that few groups can collect.",
    "What is missing is a way to {goal} without giving up on ordinary cases.",
    "The usual remedy, more data, does little against {trouble}.",
    "Yet little is known about how {things} cope with {trouble}.",
    "Published comparisons mix several changes at once and leave the role of {signal} unclear.",
    "As a consequence, {things} that lead one leaderboard in {field} can trail on the next.",
    "None of the existing approaches to {task} accounts for {trouble}.",
    "Practitioners work around {trouble} by hand, case after case.",
    "This leaves open whether {things} can {goal} at all.",
)

PROPOSALS = (
    "We present {name}, which pairs {part} with {part2}.",
    "This paper introduces {name}, a method for {task} built around {part}.",
    "We describe {name}, an approach in which {part} takes the place of hand-tuned rules.",
    "Here we propose {name}: {part}, trained together with {part2}.",
    "To close this gap we develop {name}, whose core is {part}.",
    "Our answer is {name}, a family of {things} equipped with {part}.",
    "We study {task} with {name}, a deliberately small system made of {part} and {part2}.",
    "We propose a system called {name} that uses {signal} so that {things} can {goal}.",
    "Starting from {part}, we arrive at {name}, which needs no labels beyond {signal}.",
    "{name} is our attempt to let {things} {goal} with nothing more than {part}.",
)

UNNAMED_PROPOSALS = (
    "We put this to the test with {part} and {k} hand-checked cases.",
    "We compare {m} families of {things} under one protocol and the same budget.",
    "We revisit {task} with {part} and ask what it really contributes.",
    "We propose {long} ({acronym}), a component that any of the existing {things} can adopt.",
    "Our study covers {k} runs and varies one factor at a time, from {signal} to {signal2}.",
)

MECHANISMS = (
    "The {head} learns from {signal}, while the {head2} is kept fixed.",
    "Unlike earlier designs, the two parts exchange information in both directions.",
    "First, {part} narrows the search; second, {part2} settles what is left.",
    "We train on {n}k examples drawn from {signal} and filter them with simple rules.",
    "A lightweight objective ties the {head} to {signal2} and needs no extra annotation.",
    "The design follows one principle: decide late, and only with evidence from {signal}.",
    "Crucially, {name} can be added to existing {things} without retraining them.",
    "Supervision is drawn from {signal} at first and from {signal2} later on.",
    "All components share one backbone, which adds {n}% to the parameter count.",
    "At test time the {head} may be switched off, and cost then falls to that of the plain model.",
    "We release {bench}, a collection of {k} cases chosen to expose {trouble}.",
    "The loss has two terms, one for {signal} and one that discourages {trouble2}.",
    "Since {signal2} are noisy, we weight each example by how often {m} checkpoints agree on it.",
    "In place of a single pass, {name} revisits a case up to {m} times and stops early if it can.",
)

RESULTS = (
    "On {bench}, {name} {moves} {metric} from {a} to {b}.",
    "{name} runs {x}x faster than {baseline} at equal quality on {bench2}.",
    "Across {bench} and {bench2}, {metric} {goes} by {n}% on average.",
    "Compared with {baseline}, {name} {moves} {metric} from {a} to {b} on {bench2}.",
    "With {n}% of the training data it matches {baseline} on {bench}.",
    "Experiments on {bench} put {metric} at {b}, against {a} for {baseline}.",
    "We observe speed-ups of up to {x}× on {bench} with no loss in {metric}.",  # noqa: RUF001
    "Evaluated on {m} datasets including {bench}, {name} comes first on all but one.",
    "The gain over {baseline} is largest on {bench2}, where {metric} {goes} from {a} to {b}.",
    "It uses {n}% less memory than {baseline} while {metric} on {bench} stays within noise.",
    "A model of 1.3B parameters trained this way is on par with {baseline} on {bench}.",
    "In a blind study with {k} participants, outputs of {name} were preferred {n}% of the time.",
    "Results on {bench} improve steadily with scale, {metric} reaching {b} for the largest model.",
    "{name} {moves} {metric} by {by} on {bench} and needs {x}x fewer steps.",
)

FINDINGS = (
    "Ablations attribute most of the effect to the {head}.",
    "Surprisingly, {signal} help even when they come from another domain.",
    "An error analysis shows that {trouble2} account for the majority of what remains.",
    "We also find that {things} trained without {signal2} look better on paper than in use.",
    "The benefit shrinks as models grow but does not vanish in the range we could test.",
    "Failure cases cluster around {trouble}, for which we offer a partial explanation.",
    "Removing the {head2} costs little on average and a great deal in the tail.",
    "Gains carry over to {task2} without further tuning.",
    "A probing study suggests that the {head} encodes {signal} well before it is asked to.",
    "The ranking of methods changes when {trouble} are counted, a warning for leaderboards.",
)

CLOSINGS = (
    "We hope these results make {task} easier to study on modest hardware.",
    "Taken together, this suggests that {signal} deserve more attention in {field}.",
    "The findings argue for reporting {trouble} alongside averages.",
    "We close with advice for practitioners and a list of open problems in {task}.",
    "Our results draw a line between what scale can fix and what it cannot.",
    "This makes it practical to {goal} outside the laboratory.",
    "We discuss when the {head} should not be used, and why.",
    "The approach is simple enough to serve as a baseline for future work on {task}.",
)

LINKS = (
    "Code is available at https://github.com/example-lab/{slug}.",
    "Code and checkpoints: https://github.com/example-lab/{slug}",
    "The source can be found at https://github.com/example-lab/{slug} (MIT licence).",
    "Our implementation (https://github.com/example-lab/{slug}) runs on one consumer GPU.",
)

PROMISES = (
    "Code will be released.",
    "Code and data will be released upon acceptance.",
    "We will open-source the full training recipe.",
    "The {bench} benchmark will be made public.",
)

OWNER_ONLY_LINK = "More of our work can be found at https://github.com/example-lab."

BASELINES = (
    "the strongest open baseline",
    "a tuned baseline of the same size",
    "a model four times as large",
    "the best published system",
    "a carefully tuned ensemble",
    "last year's leading entry",
)

AI_SUMMARIES = (
    "{name} combines {part} with {part2} to improve {task}.",
    "A study of {task} shows how {signal} help {things} {goal}.",
    "{name} uses {signal} for {task} and reports gains on {bench}.",
    "By adding {part}, {name} addresses {trouble} in {task}.",
)
