"""The same four made-up papers as people save them: three shapes with links, written by hand."""

MARKDOWN = """\
[Models](https://huggingface.co/models) [Datasets](https://huggingface.co/datasets)

new

Get trending papers in your email inbox once a day!

[Subscribe](https://huggingface.co/papers#newsletter)

# Daily Papers

by [AK](https://huggingface.co/akhaliq) and the research community

Captured on Jun 2, 2025

[![](https://cdn.example/1.png)](https://huggingface.co/papers/2505.00011)

Submitted by

[![](https://cdn.example/a.png) reader12](https://huggingface.co/reader12)

45

### [LanternNet: Finding Lost Umbrellas
with Very Small Models](https://huggingface.co/papers/2505.00011)

[Lamp Lab](https://huggingface.co/lamplab) \u00b7 May 30

[3](https://huggingface.co/papers/2505.00011#community)

-

### [A Survey of \\[MASK\\] Tokens in Cooking](https://huggingface.co/papers/2403.04567)

7 authors \u00b7 Mar 8, 2024

[1](https://huggingface.co/papers/2403.04567#community)

1.41k

### [Kettle **(v2)** & Friends](https://arxiv.org/abs/2505.00013v2)

12 authors \u00b7 May 29

9

### [On Quiet Spoons](https://arxiv.org/pdf/hep-th/9901001v3)

1 author

[Previous](https://huggingface.co/papers/date/2025-05-30)
[Privacy](https://huggingface.co/privacy)
"""

LINKS = """\
Daily Papers
Saved: 2025-06-02

LanternNet: Finding Lost Umbrellas
  with Very Small Models
https://huggingface.co/papers/2505.00011
45 upvotes \u00b7 Lamp Lab \u00b7 May 30 \u00b7 3 comments

A Survey of [MASK] Tokens in Cooking
https://huggingface.co/papers/2403.04567
- \u00b7 7 authors \u00b7 Mar 8, 2024 \u00b7 1 comment

Kettle (v2) & Friends
https://arxiv.org/abs/2505.00013v2
1.41k \u00b7 12 authors \u00b7 May 29

On Quiet Spoons
https://arxiv.org/pdf/hep-th/9901001v3
9 \u00b7 1 author
"""

BROWSER = """\
   [1]Hugging Face
     * [2]Models
     * [3]Datasets

   new

   Get trending papers in your email inbox once a day!
   [4]Subscribe

                                  Daily Papers

   by [5]AK and the research community

   Captured on 2 June 2025

   [6]
   Submitted by
   [7]reader12
   45

[8]LanternNet: Finding Lost Umbrellas
   with Very Small Models

   [9]Lamp Lab \u00b7 May 30
   [10]3

   -

[11]A Survey of [MASK] Tokens in Cooking

   7 authors \u00b7 Mar 8, 2024
   [12]1

   1.41k

[13]Kettle (v2) & Friends

   12 authors \u00b7 May 29

   9

[14]On Quiet Spoons

   1 author

   [15]Previous
   [16]Privacy

References

   Visible links
   1. https://huggingface.co/
   2. https://huggingface.co/models
   3. https://huggingface.co/datasets
   4. https://huggingface.co/papers#newsletter
   5. https://huggingface.co/akhaliq
   7. https://huggingface.co/reader12
   8. https://huggingface.co/papers/2505.00011
   9. https://huggingface.co/lamplab
  10. https://huggingface.co/papers/2505.00011#community
  11. https://huggingface.co/papers/2403.04567
  12. https://huggingface.co/papers/2403.04567#community
  13. https://arxiv.org/abs/2505.00013v2
  14. https://arxiv.org/pdf/hep-th/9901001v3
  15. https://huggingface.co/papers/date/2025-05-30
  16. https://huggingface.co/privacy

   Hidden links:
   6. https://huggingface.co/papers/2505.00011
"""

SHAPES = {"markdown": MARKDOWN, "links": LINKS, "browser": BROWSER}

IDS = ["2505.00011", "2403.04567", "2505.00013", "hep-th/9901001"]
TITLES = [
    "LanternNet: Finding Lost Umbrellas with Very Small Models",
    "A Survey of [MASK] Tokens in Cooking",
    "Kettle (v2) & Friends",
    "On Quiet Spoons",
]
