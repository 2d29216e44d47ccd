import csv
import json

import pytest

from tongmai.config import cli
from tongmai.foundation.catalog import selectors, services
from tongmai.foundation.catalog.models import Code, CodeList, Division
from tongmai.foundation.catalog.tests.factories import TODAY, By

pytestmark = pytest.mark.django_db


class TestCommand:
    """`tongmai catalog import`, from file to table."""

    def test_dry_run_then_import(self, tmp_path, capsys):
        file = tmp_path / "icd10.csv"
        file.write_text("诊断代码,诊断名称\nI10.x00,高血压\n坏,坏行\n", encoding="gb18030")
        rejected = tmp_path / "rejected.csv"
        words = ["catalog", "import", "icd10", str(file), "--version", "v", "--from", "2024-01-01"]
        assert cli.main([*words, "--dry-run", "--json"]) == 1
        said = json.loads(capsys.readouterr().out)
        assert (said["counts"]["new"], said["counts"]["rejected"], said["written"]) == (1, 1, False)
        assert not Code.objects.exists()
        assert cli.main([*words, "--rejected", str(rejected)]) == 1
        assert "坏行" in rejected.read_text(encoding="utf-8-sig")
        assert selectors.diagnosis("I10.x00", TODAY).name == "高血压"

    def test_a_file_that_is_no_table_is_refused_with_a_sentence(self, tmp_path, capsys):
        file = tmp_path / "x.xlsx"
        file.write_bytes(b"PK\x03\x04 nonsense")
        assert cli.main(["catalog", "import", "divisions", str(file), "--from", "2024-01-01"]) == 1
        assert "xlsx" in capsys.readouterr().err

    def test_an_edition_needs_a_name(self, tmp_path, capsys):
        assert cli.main(["catalog", "import", "icd10", str(tmp_path), "--from", "2024-01-01"]) == 2
        assert "--version" in capsys.readouterr().err


class TestOfficialLists:
    """The real files, where they are there."""

    def test_every_starter_diagnosis_stands_in_the_official_list(self, shared_data):
        with (shared_data / "codes" / "icd10_yb.csv").open(encoding="utf-8") as file:
            official = {row["code"]: row["name"] for row in csv.DictReader(file)}
        services.load_starter(By())
        starters = Code.objects.filter(list__system=CodeList.System.ICD10)
        wrong = [(c.code, c.name) for c in starters if official.get(c.code) != c.name]
        assert not wrong

    def test_the_full_official_icd10_goes_in(self, shared_data, capsys):
        services.load_starter(By())
        file = str(shared_data / "codes" / "icd10_yb.csv")
        words = ["catalog", "import", "icd10", file, "--version", "insurance-2.0", "--from", "2024-01-01", "--json"]
        assert cli.main(words) == 0
        said = json.loads(capsys.readouterr().out)
        assert said["counts"]["rejected"] == 0
        assert len(said["rows"]) == 33_304
        assert Code.objects.filter(list__version="insurance-2.0").count() == 33_304
        assert [d.code for d in selectors.search_diagnoses("gxb", TODAY)][:2].count("I25.103") == 1
        assert cli.main(words) == 0
        assert json.loads(capsys.readouterr().out)["counts"] == {"new": 0, "changed": 0, "same": 33_304, "rejected": 0}

    def test_all_divisions_of_hefei_go_in(self, shared_data, capsys):
        services.load_starter(By())
        folder = shared_data / "divisions"
        words = ["--from", "2024-01-01", "--under", "3401", "--json"]
        assert cli.main(["catalog", "import", "divisions", str(folder / "streets_all_china.csv"), *words]) == 0
        assert cli.main(["catalog", "import", "divisions", str(folder / "lujiang_villages.csv"), *words]) == 0
        capsys.readouterr()
        assert Division.objects.filter(code__prefix="340124", level=12).count() == 247
        assert selectors.medical_town("340124001001") == "340124100"
