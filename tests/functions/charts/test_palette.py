"""Colours that can be read and told apart, in light and dark."""

import pytest

from functions.charts.palette import DARK, LIGHT

each_theme = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def channels(colour):
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)]
    return sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour, surface, share):
    pairs = zip(channels(colour), channels(surface), strict=True)
    return "#" + "".join(f"{round(255 * (share * a + (1 - share) * b)):02x}" for a, b in pairs)


def as_seen_without_red_or_green(colour, kind):
    """Viénot, Brettel and Mollon (1999), on linear RGB."""
    r, g, b = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour)
    )
    if kind == "protanope":
        return (0.11238 * r + 0.88762 * g, 0.11238 * r + 0.88762 * g, 0.00401 * (r - g) + b)
    return (0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * (r - g) + b)


@each_theme
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "gain", "loss"])
def test_text_can_be_read_on_the_surface_and_on_the_shade(theme, text):
    for behind in (theme.surface, theme.shade):
        assert contrast(getattr(theme, text), behind) >= 4.5


@each_theme
def test_lines_can_be_seen(theme):
    for line in (theme.accent, theme.benchmark):
        for behind in (theme.surface, theme.shade):
            assert contrast(line, behind) >= 3.0


@each_theme
@pytest.mark.parametrize("name", ["gain", "loss"])
def test_numbers_can_be_read_on_the_fullest_cell(theme, name):
    assert contrast(theme.ink, mixed(getattr(theme, name), theme.surface, 0.5)) >= 4.5


@each_theme
@pytest.mark.parametrize("kind", ["protanope", "deuteranope"])
def test_gain_and_loss_differ_without_red_and_green(theme, kind):
    gain, loss = (as_seen_without_red_or_green(each, kind) for each in (theme.gain, theme.loss))
    assert abs(gain[2] - loss[2]) > 0.08


def test_both_themes_name_the_same_tokens():
    assert list(LIGHT.tokens()) == list(DARK.tokens())
    assert not set(LIGHT.tokens().values()) & set(DARK.tokens().values())
