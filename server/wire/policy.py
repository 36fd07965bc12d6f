"""Who may say what, how often, and at what length: one table. A command that is not in it cannot be dispatched."""

from dataclasses import dataclass

from .refusal import MALFORMED, NOT_YOURS, TOO_OFTEN, Refused

#: What somebody in a class is at this moment; a rule names those who may.
TEACHER, STUDENT, PROJECTOR = "teacher", "student", "projector"
#: The teacher's tab that has the class; who has the controls of its stage; who may move the run that they see.
LEADING, PRESENTING, DRIVING = "leading", "presenting", "driving"

Who = frozenset[str]
EVERYBODY: Who = frozenset({TEACHER, STUDENT, PROJECTOR})
DRIVER: Who = frozenset({DRIVING})
LEADER: Who = frozenset({LEADING})
TEACHERS: Who = frozenset({TEACHER})
STUDENTS: Who = frozenset({STUDENT})
PRESENTER: Who = frozenset({PRESENTING})

SHORT, MIDDLE, LONG = 512, 8 * 1024, 64 * 1024  # bytes


@dataclass(frozen=True)
class Rule:
    """Who may send a command, how many of them a second one connection may send, and bytes of one at most."""

    who: Who
    rate: int
    size: int = SHORT


#: A slider that is dragged sends 60 a second.
POLICY: dict[str, Rule] = {
    "ack": Rule(EVERYBODY, 200),
    "history": Rule(EVERYBODY, 20),
    "ask": Rule(EVERYBODY, 120, MIDDLE),
    "cancel": Rule(DRIVER, 20),
    "again": Rule(EVERYBODY, 5),
    "set": Rule(DRIVER, 120, LONG),
    "preset": Rule(DRIVER, 20),
    "play": Rule(DRIVER, 40),
    "pause": Rule(DRIVER, 40),
    "layer": Rule(DRIVER, 60),
    "step": Rule(DRIVER, 60),
    "back": Rule(DRIVER, 60),
    "reset": Rule(DRIVER, 20),
    "rewind": Rule(DRIVER, 20),
    "visit": Rule(DRIVER, 30),
    "speed": Rule(DRIVER, 120),
    "advance": Rule(DRIVER, 200),
    "name": Rule(EVERYBODY, 5),
    "hand": Rule(STUDENTS, 10),
    "fork": Rule(STUDENTS, 5),
    "follow": Rule(STUDENTS, 10),
    "vote": Rule(STUDENTS, 10),
    "look": Rule(PRESENTER, 40, 1024),
    "take": Rule(TEACHERS, 10),
    "give": Rule(TEACHERS, 10),
    "allow_forks": Rule(LEADER, 10),
    "lock": Rule(LEADER, 10),
    "pause_all": Rule(LEADER, 10),
    "hide_names": Rule(LEADER, 10),
    "arrange": Rule(LEADER, 20),
    "rename": Rule(LEADER, 20),
    "remove": Rule(LEADER, 20),
    "recall": Rule(LEADER, 5),
    "start_here": Rule(LEADER, 2),
    "bring": Rule(LEADER, 10),
    "question": Rule(LEADER, 5, LONG),
    "close_votes": Rule(LEADER, 10),
    "reveal": Rule(LEADER, 10),
    "close_question": Rule(LEADER, 10),
}
#: What `ask` may ask for. What takes the run's time for long, or is a hand on it, is the driver's.
QUESTIONS: dict[str, Who] = {
    **dict.fromkeys(
        (
            "gradient_check", "report", "lens", "health", "taken_apart", "blow_up", "inspection", "inspection_check",
            "health_over_time", "figures",
        ),
        EVERYBODY,
    ),
    **dict.fromkeys(("range_test", "landscape", "nudge"), DRIVER),
}  # fmt: skip
#: How a refusal says whose a command is.
OWNERS = {
    DRIVER: "a command of whoever drives this run",
    LEADER: "a command of the teacher who has the controls",
    TEACHERS: "a command of a teacher",
    STUDENTS: "a command of a student",
    PRESENTER: "a command of whoever has the controls",
}


def authorise(standing: Who, role: str, command: str, what: str | None = None) -> None:
    """Raises Refused unless somebody of this standing may send the command, and ask for `what`."""
    rule = POLICY.get(command)
    if rule is None:
        raise Refused("type", command, f"one of {', '.join(POLICY)}", MALFORMED)
    require(standing, role, rule.who, command)
    if command == "ask":
        if what not in QUESTIONS:
            raise Refused("what", what, f"one of {', '.join(QUESTIONS)}", MALFORMED)
        require(standing, role, QUESTIONS[what], what)


def require(standing: Who, role: str, who: Who, what: str) -> None:
    """Raises Refused unless the standing has something of whom a rule names."""
    if not standing & who:
        raise Refused("type", f"{what} from a {role}", OWNERS[who], NOT_YOURS)


class Allowance:
    """How many commands of each type one connection has sent within this second. Pure: the clock is handed in."""

    def __init__(self) -> None:
        self._second, self._sent = 0, dict.fromkeys(POLICY, 0)

    def spend(self, command: str, now: float) -> bool:
        """Whether the command is within its rate; raises Refused for the first one beyond it in a second."""
        if int(now) != self._second:
            self._second, self._sent = int(now), dict.fromkeys(POLICY, 0)
        self._sent[command] += 1
        sent, rate = self._sent[command], POLICY[command].rate
        if sent == rate + 1:
            raise Refused(
                "type",
                f"more than {rate} {command} within a second",
                f"at most {rate}; others are dropped",
                TOO_OFTEN,
            )
        return sent <= rate
