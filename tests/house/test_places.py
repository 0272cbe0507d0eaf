"""How far a staff post reaches: a school, a region, the district."""

from django.utils.timezone import now

from portal.access import gate
from portal.access.models import Post
from portal.record.contents import section
from portal.students.models import Org
from tests.cast import rostered


def test_a_post_at_the_district_reaches_a_school_another_source_sent(family, admit):
    elsewhere = Org.objects.create(
        **(rostered("far") | {"source": "charter"}), name="Far School", type="school"
    )
    family.ana.school = elsewhere
    family.ana.save()
    post = Post.objects.get(person=family.ms_lee)
    assert (
        not gate.students_for(gate.Actor(family.ms_lee), section("attendance"))
        .filter(pk=family.ana.pk)
        .exists()
    )
    post.place, post.role, post.begins_at = family.district, Post.Role.FAMILY_HOTLINE, now()
    post.save()
    assert admit(family.ms_lee, family.ana, section("attendance")).place == family.district.name


def test_a_post_at_a_region_reaches_its_schools_and_no_others(family, admit):
    Post.objects.filter(person=family.ms_lee).update(
        place=family.oak.parent, role=Post.Role.REGION_FAMILY_OFFICE
    )
    reached = gate.students_for(gate.Actor(family.ms_lee), section("attendance"))
    assert set(reached) == {family.ana, family.ben}
    Org.objects.filter(pk=family.oak.pk).update(parent=None)
    assert not gate.students_for(gate.Actor(family.ms_lee), section("attendance")).exists()


def test_without_a_post_nobody_is_found(family):
    Post.objects.filter(person=family.ms_lee).delete()
    assert not gate.students_for(gate.Actor(family.ms_lee), section("attendance")).exists()
