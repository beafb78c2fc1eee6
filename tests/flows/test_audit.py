"""The trail of a running platform, verified on the machine."""

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
