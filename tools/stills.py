"""The pictures of explorers in stored notebooks, which an executed cell does not have: it shows the explorer itself."""

import re

STILL = r'(?s)<div class="sp-still">.*?</div>\n'
_FIGURE = re.compile(r'(<figure class="sp-explorer".*?<p class="sp-title">.*?</p>\n)(.*?</figure>)', re.DOTALL)


def with_stills(html):
    """Return the stored HTML of a cell with the picture of every explorer in it, drawn anew."""

    def pictured(figure):
        from theme import stills

        return figure[1] + stills.pictured(figure[0]) + figure[2]

    return _FIGURE.sub(pictured, re.sub(STILL, "", html))
