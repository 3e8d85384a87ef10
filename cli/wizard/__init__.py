"""Guided set-up: runs an integration's flow, on a terminal or from a file of answers, and stores what comes of it.

    drive     runs the steps of a flow          texts    the words of each step, from strings.json
    terminal  asks a person                     answers  answers from a TOML file
    store     edits the configuration           ring     proves that the phone rings

Nothing is written before an account is complete; then secrets, configuration and memory are written in this order.
"""
