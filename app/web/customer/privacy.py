"""What a person may ask of us, answered from the page of their profile.

The pages never write the warehouse. A withdrawal is kept in a journal and holds at
once; for the rest, the exact command is shown, to be run by whoever may.
"""

from __future__ import annotations

import streamlit as st

from app.access import Right, log
from app.web.customer.parts import Profile
from app.web.figures import nothing, sentence
from app.web.releases import journal
from orchestration.commands.privacy import privacy_app
from orchestration.privacy.withdrawals import withdraw

_RIGHTS = (
    ("access", "Access (GDPR, article 15)", "All that is held on them, as JSON."),
    (
        "portability",
        "Portability (article 20)",
        "What they gave and did, as CSV.",
    ),
    ("rectify", "Rectification (article 16)", "Correct what is wrong about them."),
    ("restrict", "Restriction (article 18)", "Keep their data, and do not use it."),
    ("erase", "Erasure (article 17)", "Remove every trace, with a receipt."),
)


def show(profile: Profile) -> None:
    """Show what can be done for a person, to whoever may do it."""
    if not profile.person.may(Right.ACT_ON_PRIVACY):
        nothing(
            "Requests of people about their data are answered by privacy officers. "
            "Pass it on with the customer id: " + profile.customer_id
        )
        return
    st.header("Taking consent back", anchor=False)
    _withdrawal(profile)
    st.header("Other rights", anchor=False)
    st.caption(
        "These read or write the warehouse, so they are commands. Run one where the "
        "pipeline runs; each is entered in the access log."
    )
    known = {
        command.name or command.callback.__name__
        for command in privacy_app.registered_commands
        if command.callback
    }
    for command, right, meaning in _RIGHTS:
        if command in known:
            st.markdown(f"**{right}.** {meaning}")
            st.code(
                f"c360 privacy {command} {profile.customer_id}",
                language="bash",
                wrap_lines=True,
            )


def _withdrawal(profile: Profile) -> None:
    st.caption(
        "Exports leave the person out from this moment on, without a run; a grant that "
        "is stated later overrides it."
    )
    stated = profile.part("consents")
    with st.form("withdrawal", border=True):
        purpose = st.selectbox(
            "Purpose",
            [None, *sorted({row["purpose"] for row in stated})],
            format_func=lambda value: sentence(value) if value else "Every purpose",
        )
        channel = st.selectbox(
            "Channel",
            [None, "email", "sms", "phone", "post", "ads"],
            format_func=lambda value: sentence(value) if value else "Any channel",
        )
        because = st.text_input("Why, for the access log", max_chars=100)
        is_sent = st.form_submit_button("Withdraw consent", type="primary")
    if is_sent:
        log(
            journal(),
            profile.person,
            "privacy.withdraw",
            subject=profile.customer_id,
            purpose=because or None,
            details={"purpose": purpose, "channel": channel},
        )
        withdraw(journal().data, profile.customer_id, purpose=purpose, channel=channel)
        st.success(
            "Withdrawn. Exports hold to it from now on.", icon=":material/check:"
        )
