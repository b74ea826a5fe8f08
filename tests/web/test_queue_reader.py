"""What waits is read anew whenever something came or was judged."""

from web_course import WebCourse

from autograder.web.queue_reader import QueueReader


def test_what_waits_is_known_as_it_is_now_and_read_once_while_nothing_changes(web: WebCourse) -> None:
    reader, gradebook = QueueReader(), web.site.gradebook
    assert reader.read(gradebook) == ()
    web.visitor("ada").hand_in("x = 1")
    first = reader.read(gradebook)
    assert [each.student for each in first] == ["ada"]
    assert reader.read(gradebook) is first
    web.visitor("ben").hand_in("x = 2")
    assert [each.student for each in reader.read(gradebook)] == ["ada", "ben"]
    web.grade_waiting()
    assert reader.read(gradebook) == ()
