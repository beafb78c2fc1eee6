"""The trail of a running platform, verified on the machine."""

import asyncio

import asyncpg

from tests.platform import Platform


def test_the_trail_is_verified_by_a_command(platform: Platform) -> None:
    verified = platform.run("verify-audit")
    assert verified.returncode == 0, verified.stderr
    word, entries, *_ = verified.stdout.split()
    assert (word, int(entries) > 20) == ("intact", True)
    number, _, head = verified.stdout.split()[-1].partition(":")
    assert platform.run("verify-audit", "--head", f"{number}:{head}").returncode == 0
    cut_off = platform.run("verify-audit", "--head", f"{int(number) + 10_000}:{head}")
    assert (cut_off.returncode, "cut_off" in cut_off.stdout) == (1, True)
    assert platform.run("verify-audit", "--head", "nonsense").returncode == 2


def test_support_is_told_the_phone_the_core_knows(platform: Platform) -> None:
    platform.customer("C0000000018").close()  # whoever never came is not known here
    with platform.operator("hq-maker") as support:
        told = support.post("/customers/C0000000018/reveals", json={"fields": ["phone"], "reason": "客户来电核实"})
        assert (told.status_code, told.json()) == (200, {"phone": "13800000018"})


async def _tamper(url: str, *statements: str) -> None:
    """As a superuser who silences the triggers would."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            for statement in statements:
                await connection.execute(statement)
    finally:
        await connection.close()


def test_the_command_finds_what_was_altered_removed_or_swapped(platform: Platform) -> None:
    url = platform.environment["DATABASE_URL"]
    swap = [
        f"UPDATE audit_entry SET number = {to} WHERE number = {number}" for number, to in ((9, -9), (10, 9), (-9, 10))
    ]
    away = "CREATE TABLE audit_away AS SELECT * FROM audit_entry WHERE number = 6"
    asyncio.run(
        _tamper(
            url,
            "ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_number",
            "UPDATE audit_entry SET branch = branch || '!' WHERE number = 3",
            away,
            "DELETE FROM audit_entry WHERE number = 6",
            *swap,
        )
    )
    found = platform.run("verify-audit")
    asyncio.run(
        _tamper(
            url,
            *swap,
            "INSERT INTO audit_entry SELECT * FROM audit_away",
            "DROP TABLE audit_away",
            "UPDATE audit_entry SET branch = rtrim(branch, '!') WHERE number = 3",
            "ALTER TABLE audit_entry ADD CONSTRAINT audit_entry_number CHECK (number >= 1)",
        )
    )
    assert found.returncode == 1, found.stderr
    for number, kind in ((3, "altered"), (7, "missing"), (9, "altered"), (9, "relinked"), (10, "relinked")):
        assert any(str(number) in line and kind in line for line in found.stdout.splitlines()), (number, kind)
    assert platform.run("verify-audit").returncode == 0
