"""A small election on disk that tests can spoil: two regions, two constituencies, three lists."""

import textwrap

import pytest

ELECTION = """
schema: dauys/election/1
id: small
title: {kk: Шағын, ru: Малые, en: Small}
law: kz-2004
rehearsal: true
languages: [kk, ru, en]
days: {1: 2004-09-19, 2: 2004-10-03}
polls: {opens: "07:00", closes: "20:00"}
time_zone: Asia/Almaty
parameters:
  list.threshold_base: cast
parties:
  - {id: sun, name: &name, list_order: 1}
contests:
  list: {limit: 1}
  constituency: {limit: 1, rounds: [1, 2]}
ballot_styles:
  - {id: all, contests: [list, constituency]}
files:
  regions: regions.csv
  constituencies: constituencies.csv
  candidates: candidates.csv
  stations: stations.csv
  protocols: protocols.csv
  votes: votes.csv
publications:
  - {id: final1, round: 1, status: final, as_of: 2004-09-27T12:00+07:00, reason: {kk: а, ru: б, en: c}}
official: []
synthetic: [parties, stations]
"""
PARTIES = "\n".join(
    f"  - {{id: {name}, name: {{kk: {name} қ, ru: {name} р, en: {name}}}, "
    f"short: {{kk: {name}, ru: {name}, en: {name}}}, code: {{kk: a, ru: b, en: c}}, "
    f'colour_light: "11223{n}", colour_dark: "44556{n}", list_order: {n}}}'
    for n, name in enumerate(("sun", "moon", "star"), 1)
)
TABLES = {
    "regions": """
        region,name_kk,name_ru,name_en,column,row,width,time_zone
        east,Шығыс,Восток,East,0,0,2,Asia/Almaty
        west,Батыс,Запад,West,3,0,2,Asia/Aqtau
    """,
    "constituencies": """
        constituency,number,name_kk,name_ru,name_en,region
        c1,1,Бір,Один,One,east
        c2,2,Екі,Два,Two,west
    """,
    "candidates": """
        candidate,constituency,name_kk,name_ru,name_en,party,registered
        c1-a,c1,А,А,A,sun,2004-08-01
        c1-b,c1,Б,Б,B,,
        c2-a,c2,В,В,C,moon,
        c2-b,c2,Г,Г,D,sun,
    """,
    "stations": """
        station,name_kk,name_ru,name_en,region,constituency,electronic,time_zone,registered
        0001,Мектеп,Школа,School,east,c1,yes,Asia/Almaty,100
        0002,Кітапхана,Библиотека,Library,west,c2,no,Asia/Aqtau,80
    """,
    "protocols": """
        station,contest,round,channel,version,received,reason,registered,additions,ballots_received,\
ballots_issued,ballots_unused,ballots_spoiled,admissions,ballots_not_returned,ballots_cast,invalid_ballots,\
against_all
        0002,list,1,paper,1,2004-09-19T22:00+05:00,,80,2,90,60,29,1,,0,60,3,
        0002,list,1,paper,2,2004-09-20T10:00+05:00,recount,80,2,90,60,29,1,,0,60,2,
        0002,c2,1,paper,1,2004-09-19T22:30+05:00,,80,2,90,60,30,0,,0,60,0,
    """,
    "votes": """
        station,contest,round,channel,version,option,votes
        0002,list,1,paper,1,sun,30
        0002,list,1,paper,1,moon,20
        0002,list,1,paper,1,star,7
        0002,list,1,paper,2,sun,30
        0002,list,1,paper,2,moon,21
        0002,list,1,paper,2,star,7
        0002,c2,1,paper,1,c2-a,45
        0002,c2,1,paper,1,c2-b,15
    """,
}


class Small:
    """The folder, and ways to change one thing in it."""

    def __init__(self, folder):
        self.folder = folder
        text = ELECTION.replace("  - {id: sun, name: &name, list_order: 1}", PARTIES)
        (folder / "election.yaml").write_text(text.lstrip())
        for name, table in TABLES.items():
            (folder / f"{name}.csv").write_text(textwrap.dedent(table).lstrip())

    def change(self, name, old, new):
        path = self.folder / name
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new, 1))
        return path


@pytest.fixture
def small(tmp_path):
    return Small(tmp_path)


@pytest.fixture
def problems():
    """Return what a call raises as a list of problems."""
    from dauys.errors import InputError

    def collect(call, *args, **kwargs):
        with pytest.raises(InputError) as caught:
            call(*args, **kwargs)
        return list(caught.value.problems)

    return collect
