"""A student's report as a mail that is written to a file and not sent."""

from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from hashlib import sha256

from autograder.domain.course import Student
from autograder.domain.sentences import say, words
from autograder.interop.return_plan import PAGE


def write_mail(student: Student, *, course: str, title: str, page: bytes, sender: str = "") -> bytes:
    """A draft that mail programs open ready to send, with the report attached."""
    mail = EmailMessage(policy=policy.SMTP)
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in student.name).split())
    mail["To"] = Address(name, addr_spec=student.email.strip())
    if sender:
        mail["From"] = sender
    mail["Subject"] = " ".join(words(say("mail.subject", course=course, title=title)).split())
    mail["X-Unsent"] = "1"  # Outlook and Thunderbird open it as a draft
    mail.set_content(words(say("mail.body", title=title)) + "\n")
    mail.add_attachment(page, maintype="text", subtype="html", filename=PAGE)
    # Else a random one: the same report gives the same file.
    mail.set_boundary(sha256(page).hexdigest()[:40])
    return mail.as_bytes()


def read_mail(content: bytes) -> tuple[str, bytes]:
    """Whom a mail is for, and the report in it."""
    mail = message_from_bytes(content, policy=policy.default)
    attached = [part for part in mail.walk() if part.get_filename() == PAGE]
    page = attached[0].get_payload(decode=True) if len(attached) == 1 else b""
    return str(mail["To"].addresses[0].addr_spec), page if isinstance(page, bytes) else b""
