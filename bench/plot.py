"""The bars of results.json: CPU seconds of a biological second, a panel for each program. Runs in the peers' environment."""
import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def main(results, picture):
    with open(results) as file:
        programs = json.load(file)["times"]
    heights = [len(rows) for rows in programs.values()]
    figure, panels = plt.subplots(len(programs), 1, figsize=(9, 0.6 * len(programs) + 0.32 * sum(heights)), squeeze=False,
                                  height_ratios=heights, layout="constrained")
    for panel, (name, rows) in zip(panels[:, 0], programs.items()):
        labels = [f"{row['name']}, {row['precision']}" for row in rows]
        colours = ["tab:red" if row["name"] == "snnc" else "tab:gray" if row["name"].startswith("by hand") else "tab:blue"
                   for row in rows]
        seconds = [row["seconds"] for row in rows]
        bars = panel.barh(labels, seconds, color=colours, height=0.7)
        panel.bar_label(bars, [f" {value:.3g} s" for value in seconds], fontsize=8)
        panel.set_xscale("log")
        panel.set_xlim(min(seconds) / 2, max(seconds) * 3)
        panel.invert_yaxis()
        panel.set_title(name, fontsize=10, loc="left")
        panel.tick_params(labelsize=8)
    panels[-1, 0].set_xlabel("CPU seconds of a biological second, one core; shorter is faster")
    figure.savefig(picture, dpi=120)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
