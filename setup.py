"""Install the package as settings.ini describes it."""

from configparser import ConfigParser
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
config = ConfigParser(delimiters=["="])
config.read(HERE / "settings.ini", encoding="utf-8")
cfg = config["DEFAULT"]

notebooks = cfg["notebooks_requirements"].split()
course = notebooks + cfg["course_requirements"].split()
cluster = cfg["cluster_requirements"].split()

setup(
    name=cfg["dist_name"],
    version=cfg["version"],
    description=cfg["description"],
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    author=cfg["author"],
    author_email=cfg["author_email"],
    url=cfg["git_url"],
    license="Apache-2.0",
    classifiers=[f"Programming Language :: Python :: {v}" for v in cfg["pythons"].split()],
    keywords=cfg["keywords"],
    packages=find_packages(include=["minitorch", "minitorch.*"]),
    package_data={"minitorch": ["py.typed"], "minitorch.data": ["*.npz", "*.tsv"]},
    python_requires=f">={cfg['min_python']}",
    install_requires=cfg["requirements"].split(),
    extras_require={
        "notebooks": notebooks,
        "course": course,
        "cluster": cluster,
        "lite": cfg["lite_requirements"].split(),
    },
    entry_points={
        "console_scripts": [
            "minitorch=minitorch.cli:main",
            # nbdev's own command of this name writes in the system's encoding. pip installs what a
            # package needs before the package itself, so this one takes its place.
            "nbdev_export=minitorch.cli.export:nbdev_export",
        ]
    },
    zip_safe=False,
)
