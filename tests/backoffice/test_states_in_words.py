"""A column with colours shows words: of a value without a colour unfold would show the code that is stored."""

from django.contrib import admin


def coloured(model_admin):
    """(column, its values, those with a colour), where the column stands for a field of that name."""
    fields = {field.name: field for field in model_admin.opts.concrete_fields}
    for name in map(str, model_admin.list_display):
        colours = getattr(getattr(model_admin, name, None), "label", None)
        field = fields.get(name.removeprefix("shown_"))
        if isinstance(colours, dict) and field is not None and field.choices:
            yield name, {value for value, _words in field.flatchoices}, set(colours)


def test_no_list_shows_the_code_of_a_state():
    columns = [(str(each), *column) for each in admin.site._registry.values() for column in coloured(each)]
    assert len(columns) > 10
    assert {(place, name): values - known for place, name, values, known in columns if values - known} == {}
