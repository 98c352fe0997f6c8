"""The form of a program beside its YAML: the text is the truth, the form shows what it can and edits what it shows."""
