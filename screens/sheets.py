"""Every sheet and every question, each there while something opened it."""

import flet as ft

from screens.ahead_sheet import ahead_over
from screens.call_filters import filter_over
from screens.conflict import conflict_over
from screens.customer import client_over
from screens.lead_stage import stage_over
from screens.lead_sums import lead_sum_over
from screens.leaving import leaving_over
from screens.market import market_over
from screens.outbox import outbox_over
from screens.panels import questions, sheets
from screens.rewording import rewording_over
from screens.stores import Stores
from screens.suggestions import suggestions_over
from screens.team_hand import team_over
from screens.turn_sheet import turn_over
from screens.undo import undo_question
from widgets.strings import Words
from widgets.theme import Layout


def all_sheets(stores: Stores, words: Words, layout: Layout) -> list[ft.Control]:
    return [
        sheets(stores, words, layout),
        filter_over(stores, words, layout),
        turn_over(stores, words, layout),
        suggestions_over(stores, words, layout),
        questions(stores, words),
        outbox_over(stores, words, layout),
        rewording_over(stores, words, layout),
        conflict_over(stores, words, layout),
        undo_question(stores, words, layout),
        leaving_over(stores, words, layout),
        stage_over(stores, words, layout),
        team_over(stores, words, layout),
        ahead_over(stores, words, layout),
        client_over(stores, words, layout),
        lead_sum_over(stores, words, layout),
        market_over(stores, words, layout),
    ]
