"""What comes in by streams and files: taken once, parked where it cannot be taken, accounted for file by file."""

from domain.intake.arrive import arrive
from domain.intake.daily_file import DailyFile, latest
from domain.intake.finish import finish
from domain.intake.listings import Parked, files, parked
from domain.intake.message import Message, Taken
from domain.intake.note_missing import note_missing
from domain.intake.rules import Declared, Measured, why_mismatching
from domain.intake.states import TAKING, FileState
from domain.intake.take import take
from domain.intake.take_rows import take_rows
from domain.intake.verify import verify

__all__ = [
    "TAKING",
    "DailyFile",
    "Declared",
    "FileState",
    "Measured",
    "Message",
    "Parked",
    "Taken",
    "arrive",
    "files",
    "finish",
    "latest",
    "note_missing",
    "parked",
    "take",
    "take_rows",
    "verify",
    "why_mismatching",
]
