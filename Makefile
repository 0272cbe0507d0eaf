# Two commands matter: `make run` and `make test`. Nothing needs to be installed by hand but Python 3.11 and make.
PY ?= python3.11
UV  = .tools/bin/uv
BIN = .venv/bin

.PHONY: run test check format bench bench-full pages reset lock messages

run: .venv/.done            ## set everything up and start the demo district
	@exec $(BIN)/portal run

test: .venv/.done           ## every test, a real browser included
	$(BIN)/python -m tests.browser_for_tests
	@# What failed is run once more by itself: a browser on a busy machine may be late, a fault stays a fault.
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder || $(BIN)/pytest --last-failed --last-failed-no-failures none

check: .venv/.done          ## formatter, linter, types, rooms, translations, checked pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy portal
	$(BIN)/deptry portal
	$(BIN)/portal check

format: .venv/.done
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: .venv/.done          ## the measurements, as a table and as bench/result.json
	$(BIN)/python -m bench

bench-full: .venv/.done     ## what takes too long for make test: 400,000 students, a day when everybody looks, six hours without the school, 50 rounds of kill -9
	$(BIN)/python -m tests.browser_for_tests
	$(BIN)/python -m bench.full
	BENCH_SIZES=4000,40000,400000 $(BIN)/python -m bench
	BENCH_SECONDS=600 BENCH_DISTRICTS=4000,40000,400000 $(BIN)/python -m bench.report_day
	$(BIN)/python -m bench.lighthouse 4000
	$(BIN)/python -m bench.outbox outage 10000 6000 6
	$(BIN)/python -m bench.kills 50
	$(BIN)/python -m bench.figures

pages: .venv/.done          ## rewrite the checked pages in docs/
	$(BIN)/portal pages

messages: .venv/.done       ## collect the strings to translate into portal/locale
	$(BIN)/portal messages

reset:                      ## remove the demo's data
	rm -rf "$${DATA_DIR:-.data}"

lock:                       ## write the lock anew, always against the public index
	$(UV) lock --default-index https://pypi.org/simple

.venv/.done: pyproject.toml uv.lock
	@test -x $(UV) || $(PY) -m pip install -q --disable-pip-version-check --root-user-action=ignore --target .tools 'uv==0.13.9'
	UV_PYTHON_DOWNLOADS=never $(UV) sync --frozen --no-progress --python $(PY)
	@touch $@
