"""The page on faults, docs/faults.md: what can go wrong, what must happen then, and the tests that show it.

python tools/faults.py            rewrites the page
python tools/faults.py --check    says whether it is up to date and whether every test that it names exists

A row is added or changed here, never in the page. `tests` are written `file::function`, below tests/; what waits says for what.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "faults.md"

KILLS, CLAIM, DELIVER, RECONCILE = "pipeline/test_kills", "pipeline/test_claim", "pipeline/test_deliver", "pipeline/test_reconcile"
HOLD, RESOLVE, TENURE, MAIL = "pipeline/test_hold", "pipeline/test_resolve", "pipeline/test_tenure", "pipeline/test_mailing"
FIRST, SCHEDULE, APPROVE, STORAGE = "pipeline/test_precedence", "pipeline/test_schedule", "pipeline/test_approve", "models/test_storage"
HTTP, X, FACEBOOK, WIRE = "adapters/test_http", "adapters/test_x_sending", "adapters/test_facebook_sending", "e2e/test_over_the_wire"
SERVICE, EMBEDDED, INSTANTS, CLOCK = "e2e/test_service", "worker/test_embedded", "text/test_instants", "test_clock"
SMTP, MACHINE = "adapters/test_email_sending", "machine/test_machine"
POWER, PROCESSES, WRONG = "power/test_power_loss", "e2e/test_processes", "e2e/test_wrong_clock"
BACKUP = "pipeline/test_backup"


class Fault(NamedTuple):
    """What can go wrong, what must happen then, the tests that show it, and what of it waits for a part yet to be built."""

    fault: str
    expected: str
    tests: tuple[str, ...] = ()
    waits: str = ""


FAULTS: dict[int, Fault] = {
    1: Fault(
        "the service is killed just before or after it takes up a delivery",
        "the next run takes it up again; sent once",
        (f"{KILLS}::test_killed_anywhere_and_started_again", f"{SERVICE}::test_killed_it_comes_back_and_goes_on"),
    ),
    2: Fault(
        "killed once the call is written down, before it is made",
        "in doubt; repeated where the platform knows our name for it, else read back, else held",
        (
            f"{KILLS}::test_killed_anywhere_and_started_again",
            f"{MACHINE}::test_whatever_happens_nothing_is_sent_twice_early_unapproved_or_lost",
        ),
    ),
    3: Fault(
        "killed while the platform acts on the call",
        "in doubt, then found",
        (f"{KILLS}::test_killed_anywhere_and_started_again", f"{MAIL}::test_a_kill_leaves_nobody_twice_and_nobody_forgotten"),
    ),
    4: Fault(
        "killed with the answer in hand, before it is written down",
        "in doubt, then found",
        (
            f"{KILLS}::test_killed_anywhere_and_started_again",
            f"{MAIL}::test_a_mailing_that_is_killed_after_its_last_message_is_ended_by_the_next_run",
        ),
    ),
    5: Fault(
        "killed in the middle of a commit",
        "the state before or the state after, never a mixture",
        (f"{KILLS}::test_killed_at_any_moment_again_and_again",),
    ),
    6: Fault(
        "killed while doubts are settled, or while the database is made",
        "begun again, with the same end",
        (f"{KILLS}::test_killed_anywhere_and_started_again", f"{STORAGE}::test_making_it_may_be_killed_and_started_again"),
        "the change of the secret key",
    ),
    7: Fault(
        "power fails: writes that were not synced are lost or torn",
        "what was written down before a call is there, and the database opens",
        (
            f"{STORAGE}::test_each_connection_keeps_to_the_rules_of_delivery",
            f"{POWER}::test_power_loss_never_forgets_what_a_platform_took_in",
            f"{POWER}::test_power_loss_and_a_new_start_send_nothing_twice_and_keep_the_audit_whole",
            f"{POWER}::test_power_loss_with_synchronous_normal_forgets_and_is_noticed",
        ),
    ),
    8: Fault(
        "the disk is full",
        "no call that could not be written down first; an outcome that cannot be written is looked up later",
        (
            f"{KILLS}::test_without_a_durable_intent_nothing_is_called",
            f"{KILLS}::test_an_outcome_that_cannot_be_written_stops_the_service_and_is_in_doubt_later",
            f"{STORAGE}::test_a_full_disk_is_one_sentence_and_nothing_is_half_written",
            "pipeline/test_queue::test_a_full_disk_stores_nothing_and_leaves_nothing_behind",
            f"{POWER}::test_disk_full_or_broken_calls_nobody_without_an_intent_and_is_in_doubt_later",
        ),
    ),
    9: Fault(
        "another program keeps the database locked",
        "the service stays, says so, loses nothing",
        (
            f"{SERVICE}::test_a_database_locked_for_some_seconds_delays_and_kills_nothing",
            f"{KILLS}::test_an_outcome_waits_for_a_locked_database",
            f"{EMBEDDED}::test_a_tick_waits_for_a_locked_database_for_some_seconds_only",
            f"{PROCESSES}::test_locked_for_longer_than_a_dead_clock_may_be_silent_it_goes_on",
        ),
    ),
    10: Fault(
        "the database is damaged",
        "no start; the file stays as it is, and one sentence says what to do",
        (
            f"{SERVICE}::test_a_damaged_database_is_one_sentence_and_stays_as_it_is",
            f"{STORAGE}::test_a_damaged_database_is_refused_and_kept",
            f"{STORAGE}::test_damage_that_no_query_meets_is_found_by_reading_everything",
            f"{PROCESSES}::test_a_database_cut_short_under_a_running_service_is_kept_and_refused_at_the_next_start",
        ),
    ),
    11: Fault("the connection to PostgreSQL drops", "in doubt or untouched; without its lock a run writes nothing more", (), "PostgreSQL"),
    12: Fault(
        "the database comes back older than what was done with it",
        "the run ends; nothing leaves until somebody adopts it, and what may have left meanwhile is held",
        (
            f"{TENURE}::test_a_database_that_is_replaced_under_the_service_ends_it",
            f"{TENURE}::test_what_a_backup_forgot_to_have_been_moved_or_resumed_is_not_sent_again_by_itself",
        ),
        "PostgreSQL, for its replicas",
    ),
    13: Fault(
        "the machine's clock leaps ahead",
        "nothing leaves until somebody else confirms the hour",
        (
            f"{CLAIM}::test_clock_that_leapt_ahead_sends_nothing_early",
            f"{CLOCK}::test_a_leap_of_more_than_five_seconds_is_not",
            f"{WRONG}::test_clock_set_ahead_under_the_service_sends_nothing_early",
            f"{WRONG}::test_clock_that_was_wrong_from_the_start_lets_nothing_out_under_embargo",
        ),
    ),
    14: Fault(
        "the machine's clock leaps back",
        "nothing twice; late at most",
        (
            f"{CLAIM}::test_clock_leapt",
            f"{MACHINE}::test_whatever_happens_nothing_is_sent_twice_early_unapproved_or_lost",
            f"{WRONG}::test_clock_set_back_under_the_service_sends_nothing_twice",
        ),
    ),
    15: Fault(
        "the machine sleeps through the time",
        "missed, once the agreed time is over",
        (
            f"{CLOCK}::test_time_that_merely_passes_is_trusted_also_over_a_suspended_night",
            f"{CLAIM}::test_too_late_with_nothing_begun_is_missed",
        ),
    ),
    16: Fault(
        "an hour that does not exist, or exists twice, when clocks change",
        "refused, with both readings written out",
        (f"{INSTANTS}::test_a_refusal_says_what_and_how_to_mend_it", "cli/test_queue::test_an_offset_says_which_of_two_hours"),
    ),
    17: Fault(
        "a time without a zone, or a town far from Paris",
        "read in the town's zone, kept as typed and as an instant",
        (
            f"{INSTANTS}::test_wall_time_is_kept_where_it_exists_once",
            "pipeline/test_planning::test_a_time_is_read_in_the_town_s_zone_and_kept_as_typed",
        ),
    ),
    18: Fault(
        "the platform no longer accepts our access",
        "that channel stops, with an alarm, without trying again; the others go on",
        (
            f"{DELIVER}::test_lost_access_pauses_the_channel_with_an_alarm_and_the_others_go_on",
            f"{WIRE}::test_a_lost_access_stops_the_channel_alone_until_somebody_opens_it",
        ),
    ),
    19: Fault(
        "the platform forbids the text, or calls it a repetition",
        "refused; a repetition is looked up",
        (
            f"{DELIVER}::test_refused_with_nothing_online_is_failed_with_the_platform_s_words",
            f"{DELIVER}::test_duplicate_that_is_online_is_found",
            "e2e/test_facebook::test_what_facebook_takes_for_a_repetition_is_not_said_twice",
        ),
    ),
    20: Fault(
        "the page of the town is gone there, the text too long or malformed for it",
        "refused, with the platform's words, and not tried again",
        (f"{HTTP}::test_status_gives_the_error_class", f"{DELIVER}::test_refused_with_nothing_online_is_failed_with_the_platform_s_words"),
    ),
    21: Fault(
        "a conflict, or a server that waited for us too long (409, 408)", "in doubt", (f"{HTTP}::test_status_gives_the_error_class",)
    ),
    22: Fault(
        "the platform asks to wait: in seconds, until a date, for ever, or without saying",
        "it waits, within bounds; beyond the agreed time a person decides",
        (
            f"{HTTP}::test_retry_after_is_read_or_left",
            f"{DELIVER}::test_throttled_waits_until_told_and_never_in_a_hot_loop",
            f"{DELIVER}::test_throttled_beyond_the_agreed_time_is_for_a_person_and_bounded_for_the_channel",
            f"{WIRE}::test_429_waits_for_the_reset",
        ),
    ),
    23: Fault(
        "a server's error, whether it acted or not",
        "in doubt, read back; never simply repeated",
        (f"{WIRE}::test_each_fault_ends_where_it_must", "e2e/test_facebook::test_each_fault_ends_where_it_must"),
    ),
    24: Fault(
        "the connection breaks before or after the platform acted",
        "both in doubt; what is read back tells them apart",
        (f"{WIRE}::test_each_fault_ends_where_it_must", f"{SMTP}::test_the_dot_decides_between_not_sent_and_in_doubt"),
    ),
    25: Fault(
        "what is read back is late, empty, in another order, on several pages, or an error",
        "waited for, then held; absence never leads to a second call",
        (
            f"{DELIVER}::test_a_lagging_read_back_is_absent_and_therefore_for_a_person",
            f"{DELIVER}::test_a_read_back_that_fails_is_asked_again_for_a_quarter_of_an_hour",
            f"{X}::test_every_page_is_read_before_absence_is_believed",
            f"{X}::test_first_of_several_is_adopted",
            f"{FACEBOOK}::test_lagging_read_back_shows_nothing_yet",
        ),
    ),
    26: Fault(
        "an older post with the same words",
        "not taken for ours",
        (
            f"{X}::test_older_look_alike_is_not_taken_for_it_but_a_slow_clock_is_allowed_for",
            f"{DELIVER}::test_an_older_look_alike_is_not_taken_for_ours",
        ),
    ),
    27: Fault(
        "an answer that drips, never ends, or unpacks to more than it should",
        "cut at the deadline, or at a mebibyte: in doubt",
        (
            f"{HTTP}::test_whatever_goes_wrong_after_the_first_byte_is_unknown_in_time",
            f"{HTTP}::test_answer_that_drips_through_tls_is_cut_too",
            f"{HTTP}::test_answer_as_large_as_allowed_is_read",
        ),
    ),
    28: Fault(
        "an answer cut short, of another kind, or without what it must tell",
        "in doubt, and no crash",
        (
            f"{HTTP}::test_unusable_answer_is_unknown",
            f"{HTTP}::test_no_garbage_ever_escapes_as_anything_but_an_outcome",
            f"{X}::test_success_without_an_id_is_unknown",
            f"{FACEBOOK}::test_success_without_a_usable_id_is_unknown",
        ),
    ),
    29: Fault(
        "a certificate that has expired or names another host, a handshake cut",
        "nothing left; nothing is said in the clear instead",
        (
            f"{HTTP}::test_bad_certificate_is_not_sent",
            f"{HTTP}::test_handshake_that_does_not_end_well_is_not_sent",
            f"{SMTP}::test_a_server_that_cannot_prove_itself_learns_nothing",
        ),
    ),
    30: Fault(
        "a name that is unknown, or found too late",
        "nothing left; tried again",
        (f"{HTTP}::test_unknown_name_is_not_sent", f"{HTTP}::test_nothing_leaves_after_the_deadline_however_late_the_name_is_found"),
        "pages, for addresses that people may give (a platform's own address comes from config.toml)",
    ),
    31: Fault("the platform sends a call elsewhere", "not followed; the secrets stay here", (f"{HTTP}::test_redirection_is_not_followed",)),
    32: Fault(
        "the access ends in the middle of a thread",
        "the part that is out stays out, the next one waits until somebody opens the channel",
        ("e2e/test_facebook::test_an_access_lost_between_the_phases_publishes_nothing_until_somebody_opens_the_channel",),
        "channels whose access is renewed by the program (LinkedIn, Bluesky)",
    ),
    33: Fault("an image cannot be sent, or is never ready", "no text before all images are there", (), "images"),
    34: Fault(
        "one channel is down for hours",
        "the others leave at their time",
        (
            f"{DELIVER}::test_two_channels_of_one_announcement_do_not_wait_for_each_other",
            "worker/test_lanes::test_lanes_work_side_by_side",
            f"{DELIVER}::test_not_sent_is_tried_again_with_growing_patience_inside_the_agreed_time",
        ),
    ),
    35: Fault(
        "the page to which the others link is missing, or leads elsewhere",
        "the others wait, then are held, or go without link if the visa says so",
        (
            f"{FIRST}::test_the_others_wait_until_readers_see_it_and_it_is_looked_at_every_five_seconds",
            f"{FIRST}::test_a_page_that_readers_never_see_is_for_a_person",
            f"{FIRST}::test_a_page_that_readers_never_see_may_be_left_out_by_the_visa",
            f"{FIRST}::test_an_address_elsewhere_never_enters_a_text",
            "adapters/test_static_site::test_a_page_is_visible_once_readers_see_its_title",
        ),
    ),
    36: Fault(
        "the service is started twice",
        "the second one ends at once with 75",
        (
            f"{SERVICE}::test_a_second_service_is_refused_and_the_first_ends_at_once_when_idle",
            "worker/test_lock::test_a_second_process_is_told_which_one_is_first",
            f"{PROCESSES}::test_ten_daemons_started_together_one_works_and_nine_exit_75",
        ),
    ),
    37: Fault(
        "the service is stopped for a while, then goes on",
        "nobody takes over while it lives; once replaced it does nothing",
        (
            f"{KILLS}::test_an_older_run_that_wakes_up_calls_nobody",
            f"{KILLS}::test_the_outcome_of_an_older_run_changes_nothing",
            f"{PROCESSES}::test_paused_past_its_heartbeat_nobody_takes_over_and_resumed_it_sends_once",
            f"{PROCESSES}::test_killed_while_paused_in_the_middle_of_a_call_the_next_one_sends_nothing_twice",
        ),
    ),
    38: Fault(
        "stopped between the last look and the call",
        "at most once; what nobody knows is held",
        (f"{KILLS}::test_the_outcome_of_an_older_run_changes_nothing", f"{TENURE}::test_replaced_between_claim_and_call_it_makes_no_call"),
    ),
    39: Fault(
        "the service's clock thread dies or hangs",
        "the service ends itself, to be started again",
        (
            f"{EMBEDDED}::test_a_dead_clock_takes_the_service_with_it",
            f"{PROCESSES}::test_a_dead_clock_ends_the_service_to_be_started_again",
        ),
    ),
    40: Fault(
        "a mistake in a template",
        "seen in the preview; what is sent is never rendered again",
        ("pipeline/test_templating::test_a_mistake_names_file_and_line", "pipeline/test_hostile::test_hostile_text_is_never_a_template"),
    ),
    41: Fault(
        "one announcement makes the service crash each time",
        "held after three times, and the others go on",
        (
            f"{KILLS}::test_what_crashes_the_service_three_times_is_held_and_the_others_go_on",
            f"{KILLS}::test_an_error_that_comes_again_and_again_is_for_a_person",
        ),
    ),
    42: Fault(
        "huge documents and lists",
        "read within bounds, or refused at the door",
        ("pipeline/intake/test_hostile::test_a_document_of_five_megabytes_is_read",),
        "images, for those of hundreds of megabytes",
    ),
    43: Fault(
        "emoji made of several characters, decomposed letters, writing from right to left, control characters",
        "counted as the platform does, told where they could mislead, and sent as they are",
        (
            "text/test_counting::test_length_is_never_under_the_official_counter_and_equal_in_999_of_1000",
            "text/test_counting::test_composed_and_decomposed_text_weigh_the_same",
            f"{SMTP}::test_any_bytes_arrive_as_they_are",
        ),
    ),
    44: Fault(
        "the document, or what is planned, changes after the visa",
        "what was agreed to leaves, or nothing",
        (
            f"{CLAIM}::test_the_payload_is_not_the_approved_one",
            f"{CLAIM}::test_anything_else_that_was_sealed_changed",
            f"{RECONCILE}::test_a_repeated_call_needs_the_agreement_that_counts_now",
            f"{APPROVE}::test_a_document_that_changed_since_is_refused",
            f"{MACHINE}::test_whatever_happens_nothing_is_sent_twice_early_unapproved_or_lost",
        ),
        "images, for a file that is replaced",
    ),
    45: Fault(
        "somebody cancels, holds or pauses at the very last moment",
        "nothing is out, or it is out and shown as out; never canceled and online",
        (
            f"{HOLD}::test_paused_at_the_last_moment",
            f"{HOLD}::test_held_at_the_last_moment_and_resumed",
            f"{HOLD}::test_canceled_means_that_nothing_follows_whatever_is_found_out_later",
            f"{RECONCILE}::test_a_repeated_call_waits_for_a_channel_that_is_switched_off",
            f"{PROCESSES}::test_told_to_stop_at_any_place_it_ends_well_and_the_next_one_finishes_once",
        ),
    ),
    46: Fault(
        "the same command twice",
        "one announcement, one visa, one delivery",
        (
            "pipeline/test_queue::test_the_same_text_twice_is_refused_and_names_the_first",
            f"{RESOLVE}::test_one_person_twice_is_one_person",
            "web/test_delivery::test_the_same_person_twice_is_one_person",
            "web/test_afterwards::test_the_same_form_twice_stores_one_correction",
        ),
    ),
    47: Fault(
        "the program is brought up to date, or back, while something waits",
        "an older database waits for “migrate”, a newer one is refused",
        (
            f"{STORAGE}::test_a_database_of_an_older_version_waits_for_migrate",
            f"{STORAGE}::test_a_database_of_a_newer_version_is_refused",
            "models/test_audit::test_rows_of_an_earlier_version_are_chained_when_it_is_brought_up_to_date",
        ),
        "a second release, for databases of the first one",
    ),
    48: Fault(
        "the data directory is copied, or an older backup put in its place",
        "nothing is published until somebody adopts it; what may have left meanwhile is held",
        (
            f"{TENURE}::test_a_copy_publishes_nothing_until_it_is_adopted",
            f"{TENURE}::test_a_backup_in_the_place_of_the_database_publishes_nothing_until_it_is_adopted",
            f"{TENURE}::test_what_was_in_doubt_in_a_copy_is_never_sent_again",
            f"{MAIL}::test_each_later_round_of_a_mailing_is_in_the_audit",
            f"{PROCESSES}::test_a_copy_of_the_data_directory_of_a_running_service_publishes_nothing",
            f"{PROCESSES}::test_an_older_database_put_back_under_a_running_service_ends_it_and_nothing_leaves",
            f"{PROCESSES}::test_a_backup_made_under_a_running_service_is_whole_and_publishes_nothing",
            f"{BACKUP}::test_it_is_mute_until_it_is_adopted",
            f"{BACKUP}::test_killed_before_it_has_its_name_there_is_no_archive",
            f"{BACKUP}::test_killed_half_way_it_is_begun_again",
        ),
    ),
    49: Fault(
        "the audit cannot be written",
        "nothing leaves without its row",
        (
            f"{KILLS}::test_without_an_audit_row_nothing_is_called",
            "models/test_audit::test_a_head_that_cannot_be_copied_does_not_undo_what_was_done",
        ),
    ),
    50: Fault(
        "the secret key is lost, or changed while the service works",
        "it is kept for its owner alone; a missing secret is named before anything is sent",
        (f"{STORAGE}::test_the_secret_key_is_made_once_and_kept_for_the_owner", f"{SERVICE}::test_a_missing_secret_is_named"),
        "pages, which encrypt what they keep with it",
    ),
    51: Fault(
        "a call whose outcome is unknown is refused when it is made again",
        "still in doubt: the refusal proves nothing about the first",
        (
            f"{DELIVER}::test_a_refusal_after_a_call_in_doubt_proves_nothing",
            f"{DELIVER}::test_a_refusal_of_a_repeated_call_proves_nothing",
            f"{MAIL}::test_a_later_refusal_proves_nothing_about_a_call_in_doubt",
        ),
    ),
    52: Fault(
        "the access belongs to another account than the one that was agreed to",
        "held before anything is sent",
        (
            f"{CLAIM}::test_another_account_is_held",
            f"{SERVICE}::test_an_account_other_than_the_tokens_sends_nothing",
            f"{FACEBOOK}::test_token_of_another_page_is_another_account",
        ),
    ),
}

HEAD = """# Faults

What can go wrong on the way to readers, what must happen then, and the tests that show it. After every one of them: nothing twice,
nothing early, nothing that was not approved, and everything that was planned is delivered, refused, missed, canceled, or held with its
reason. [Testing](testing.md) tells how a platform is made to lie, and how to run a test of this list by its name.

This page is written by `python tools/faults.py`; a row is changed there.

| no. | what goes wrong | what must happen | shown by |
|---|---|---|---|
"""


def page() -> str:
    """Return the whole page."""
    return HEAD + "".join(f"| {number} | {row.fault} | {row.expected} | {_shown(row)} |\n" for number, row in FAULTS.items())


def _shown(row: Fault) -> str:
    tests = [f"`{test.replace('::', '.py::')}`" for test in row.tests]
    return "<br>".join([*tests, *([f"*waits for {row.waits}*"] if row.waits else [])])


def missing() -> Iterator[str]:
    """Yield the tests that are named and do not exist, and the rows that show nothing and wait for nothing."""
    for number, row in FAULTS.items():
        if not row.tests and not row.waits:
            yield f"row {number}"
        for test in row.tests:
            file, _, name = test.partition("::")
            if name not in _tests(file):
                yield test


@cache
def _tests(file: str) -> frozenset[str]:
    path = ROOT / "tests" / f"{file}.py"
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def main() -> int:
    """Write the page, or check it; return the exit code."""
    lacking = list(missing())
    for test in lacking:
        print(f"no such test: {test}", file=sys.stderr)
    if "--check" in sys.argv[1:]:
        current = PAGE.read_text(encoding="utf-8") == page()
        print("up to date" if current else "docs/faults.md is out of date: run python tools/faults.py")
        return 0 if current and not lacking else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
