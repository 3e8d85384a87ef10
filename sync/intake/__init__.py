"""Taking over what was kept elsewhere: a table of past applications, cards of people. Pure: text in, facts and reasons out.

`sheets` and `dates` read, `applications` and `people` decide line by line what is new, `lines` is what both say of a line.
Nothing that is known is ever changed by it.
"""
