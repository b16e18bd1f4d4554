# Everything a person does here begins with `make` and one word.
# Only Python 3.11–3.13 (with venv), git and make are needed beforehand.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help course quick test proof where lab release lite grade export clean writable

help: ## say what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

# Asked first, so that no tool fails half-way with words of its own.
writable:
	@test -w . || { echo "$(CURDIR) can't be written by $$(id -un). Work in a copy of your own, or give yourself the right to write there (chmod, chown)."; exit 1; }

$(READY): constraints.txt settings.ini setup.py
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"Python 3.11, 3.12 or 3.13 is needed, and {sys.executable} is {v[0]}.{v[1]}. Install one of them and run: make PYTHON=python3.12 <what>")'
	@echo "Creating $(VENV) from constraints.txt (one to three minutes, once)"
	@$(PYTHON) -m venv $(VENV) || { echo "No virtual environment could be made. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@$(PY) -m pip install -qq --disable-pip-version-check --upgrade pip || { echo "pip could not reach the package index; see the message above."; exit 1; }
	@$(PY) -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable '.[course,cluster]' || { echo "The installation failed; see the message above. Nothing else was changed: fix it and run make again."; exit 1; }
	@touch $(READY)
	@echo "Created $(VENV)"

course: writable $(READY) ## the main job: export, release, grade the examples, train a model, sum up
	@$(PY) -m grading course

quick: writable $(READY) ## a minute's checks: form, what changed, a test of each room
	@$(PY) -m grading check quick

test: writable $(READY) ## everything that CI runs
	@$(PY) -m grading check

proof: writable $(READY) ## all of which `make test` tries a sample; hours
	@$(PY) -m grading check proof

where: $(READY) ## say where a thing is made and tested: make where NAME=Tensor.__add__
	@$(PY) -m grading where $(or $(NAME),--help)

lab: writable $(READY) ## JupyterLab on the notebooks, with nbgrader's panels
	@echo "JupyterLab opens in your browser; the guides are in nbs/guides. Stop it with Ctrl-C."
	@find nbs -name '*.ipynb' -exec $(VENV)/bin/jupyter trust {} + >/dev/null # else pictures show as text
	@$(VENV)/bin/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/nbs/index.ipynb \
		$$([ "$$(id -u)" != 0 ] || echo --allow-root) # in a container one is often root

release: writable $(READY) ## the student's project, in course/student (KIND=self-learner adds worked solutions)
	@$(PY) -m grading release $(if $(KIND),--kind $(KIND))

lite: writable $(READY) ## the course in a browser tab, a static folder, in course/lite (needs npm)
	@$(PY) -m grading lite $(if $(RUNTIME),--runtime $(RUNTIME))

grade: writable $(READY) ## grade what lies in course/submitted; one of them: make grade MODULE=module1
	@$(PY) -m grading grade $(MODULE)

export: writable $(READY) ## the package from the notebooks
	@$(VENV)/bin/minitorch export || { echo "The export failed: mend what the message above names, and run make export again."; exit 1; }
	@echo "Exported nbs/ to minitorch/"

clean: writable ## remove what was made: .venv, course, caches (never submissions or grades)
	@rm -rf $(VENV) build dist *.egg-info _site _site-instructor .quarto .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -rf course/student course/self-learner course/release course/example course/lite
	@echo "Removed the environment, the release and the caches. Submissions, feedback and the gradebook in course/ were kept."
