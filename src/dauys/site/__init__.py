"""The public site: the data of a result as static pages in Kazakh, Russian and English.

`build(data_dir, site_dir)` reads `DIR/data` (docs/reference/data.md) and nothing else. The pages need no
script, ask no other server for anything and open from a folder as well as from a web server.
"""

from dauys.site.build import BASE_URL, Built, build

__all__ = ["BASE_URL", "Built", "build"]
