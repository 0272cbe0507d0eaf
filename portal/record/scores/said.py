"""What score reports write in English, and how a family reads it in its own language."""

from django.utils.translation import gettext_lazy as _

from portal.record.section import Words

# In lower case. Source: reports of the ELPAC and CAASPP (ETS), DIBELS 8 and i-Ready.
SAID: dict[str, Words] = {
    "listening": _("Listening"),
    "speaking": _("Speaking"),
    "reading": _("Reading"),
    "writing": _("Writing"),
    "research": _("Research"),
    "research/inquiry": _("Research"),
    "concepts and procedures": _("Concepts and Procedures"),
    "concepts & procedures": _("Concepts and Procedures"),
    "problem solving": _("Problem Solving"),
    "problem solving/modeling & data analysis": _("Problem Solving"),
    "communicating reasoning": _("Communicating Reasoning"),
    "beginning": _("Beginning"),
    "somewhat/moderately": _("Somewhat to moderately"),
    "somewhat/moderately developed": _("Somewhat to moderately developed"),
    "beginning to develop": _("Beginning to Develop"),
    "somewhat developed": _("Somewhat Developed"),
    "moderately developed": _("Moderately Developed"),
    "well developed": _("Well Developed"),
    "novice english learner": _("Novice English Learner"),
    "intermediate english learner": _("Intermediate English Learner"),
    "fluent english proficient": _("Fluent English Proficient"),
    "below standard": _("Below Standard"),
    "near standard": _("Near Standard"),
    "above standard": _("Above Standard"),
    "well below benchmark": _("Well Below Benchmark"),
    "below benchmark": _("Below Benchmark"),
    "at benchmark": _("At Benchmark"),
    "above benchmark": _("Above Benchmark"),
    "level 1": _("Level 1"),
    "level 2": _("Level 2"),
    "level 3": _("Level 3"),
    "level 4": _("Level 4"),
    "below grade level": _("Below grade level"),
    "near grade level": _("Near grade level"),
    "at grade level": _("At grade level"),
    "above grade level": _("Above grade level"),
    "three or more grade levels below": _("Three or More Grade Levels Below"),
    "two grade levels below": _("Two Grade Levels Below"),
    "one grade level below": _("One Grade Level Below"),
    "early on grade level": _("Early On Grade Level"),
    "mid or above grade level": _("Mid or Above Grade Level"),
}


def said(text: str) -> Words:
    """The words of a score report in the family's language, where we know them."""
    return SAID.get(text.casefold().strip(), text)
