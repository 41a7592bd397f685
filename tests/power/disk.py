"""What may be left on a disk when the power fails: everything that was synced, and of the rest whatever the disk had got to."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.power.recorded import Op

SECTOR, PAGE = 512, 4096
Files = Mapping[str, bytes]


@dataclass(slots=True)
class File:
    """What of one file is durable, its name apart, and what was written since its last sync."""

    content: bytes = b""
    named: bool = False
    pending: list[Op] = field(default_factory=list)


@dataclass(slots=True)
class Disk:
    """The folder at one moment. The platforms' files are other people's computers: they lose nothing."""

    files: dict[str, File]
    elsewhere: Callable[[str], bool]
    names: list[Op] = field(default_factory=list)

    def act(self, op: Op) -> None:
        """Do one more act."""
        if op.kind in {"rename", "unlink"}:
            raise NotImplementedError(f"{op.kind} of {op.file}: nothing of ours does this to the database")
        if op.file == "":
            for file in self.files.values():
                file.named = True
            return
        file = self.files.setdefault(op.file, File())
        if op.kind == "sync":
            file.content, file.pending = applied(file.content, file.pending), []
        elif self.elsewhere(op.file):
            file.content, file.named = applied(file.content, [op]), True
        elif op.kind != "create":
            file.pending.append(op)

    def after(self, loss: "Loss") -> Files:
        """Return the files that are found when the power is back."""
        found = {name: (file, loss(name, file.pending)) for name, file in self.files.items()}
        return {name: applied(file.content, kept) for name, (file, kept) in found.items() if file.named or kept}


Loss = Callable[[str, Sequence[Op]], Sequence[Op]]


def applied(content: bytes, ops: Sequence[Op]) -> bytes:
    """Return a file's content after these acts; a hole is zeros."""
    if not ops:
        return content
    made = bytearray(content)
    for op in ops:
        if op.kind == "truncate":
            del made[op.offset :]
        made.extend(bytes(max(0, op.offset - len(made))))
        made[op.offset : op.offset + len(op.data)] = op.data
    return bytes(made)


def dropped(name: str, pending: Sequence[Op]) -> Sequence[Op]:
    """Lose all that was not synced."""
    return ()


def kept(name: str, pending: Sequence[Op]) -> Sequence[Op]:
    """Lose nothing, as when only the process is killed."""
    return pending


def journal_only(name: str, pending: Sequence[Op]) -> Sequence[Op]:
    """Lose what was not synced of the database, and nothing of its journal."""
    return pending if name.endswith(("-journal", "-wal")) else ()


def database_only(name: str, pending: Sequence[Op]) -> Sequence[Op]:
    """Lose what was not synced of the journal, and nothing of the rest."""
    return () if name.endswith(("-journal", "-wal")) else pending


def torn(block: int) -> Loss:
    """Keep of each write only its first block, counted on the disk."""

    def tear(name: str, pending: Sequence[Op]) -> Sequence[Op]:
        return [next(blocks(op, block), op) for op in pending]

    return tear


def scattered(block: int, seed: int) -> Loss:
    """Keep any blocks, in no order that the writer had in mind."""

    def scatter(name: str, pending: Sequence[Op]) -> Sequence[Op]:
        dice = random.Random(f"{name} {seed}")
        return [part for op in pending for part in (blocks(op, block) if op.data else [op]) if dice.random() < 0.5]

    return scatter


def blocks(op: Op, size: int) -> Iterator[Op]:
    """Cut a write where blocks of the disk end."""
    at = op.offset
    while at < op.offset + len(op.data):
        end = min((at // size + 1) * size, op.offset + len(op.data))
        yield Op(op.kind, op.file, at, op.data[at - op.offset : end - op.offset])
        at = end


def losses(moment: int) -> Mapping[str, Loss]:
    """Return the ways in which the power may fail at one moment."""
    return {
        "dropped": dropped,
        "kept": kept,
        "journal only": journal_only,
        "database only": database_only,
        "torn 512": torn(SECTOR),
        "torn 4096": torn(PAGE),
        "scattered 512": scattered(SECTOR, moment),
        "scattered 4096": scattered(PAGE, moment),
    }


def failures(before: Files, ops: Sequence[Op], elsewhere: Callable[[str], bool]) -> Iterator[tuple[str, Files]]:
    """Return every different disk that a power failure at any moment may leave, with the name of its moment and way."""
    disk = Disk({name: File(content, named=True) for name, content in before.items()}, elsewhere)
    seen: set[int] = set()
    for moment in range(len(ops) + 1):
        for way, loss in losses(moment).items():
            files = disk.after(loss)
            left = hash(tuple(sorted(files.items())))
            if left not in seen:
                seen.add(left)
                yield f"{moment} {way}", files
        if moment < len(ops):
            disk.act(ops[moment])
