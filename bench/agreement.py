"""Whether snnc and the peers agree: each figure of figures.py as its mean over seeds with its spread, and the verdict."""
import math
import statistics

NEAR, ERRORS = 0.05, 3  # means agree within this share of snnc's or this many standard errors of both, whichever is more
TITLES = {"rate": "rate 1/s", "cv": "CV", "w_mean": "mean w", "w_sd": "SD of w", "w_low": "w < 10 %", "w_high": "w > 90 %"}


def spread(values):
    """Standard deviation over seeds; one seed shows none."""
    return statistics.stdev(values) if len(values) > 1 else 0.0


def apart(values, own):
    """In words how far the means differ, if they do not agree; else nothing."""
    mean, expected = statistics.mean(values), statistics.mean(own)
    error = math.sqrt(spread(values) ** 2 / len(values) + spread(own) ** 2 / len(own))
    difference = mean - expected
    if abs(difference) <= max(ERRORS * error, NEAR * abs(expected)):
        return ""
    errors = f", {abs(difference) / error:.1f} standard errors" if error else ""
    relative = f", {difference / expected:+.0%}" if expected else ""
    return f"{mean:.3f} instead of {expected:.3f}{relative}{errors}"


def row(name, precision, runs, own):
    """The figures of a contestant, and in which it is apart from snnc in one of the precisions; `own` has the runs of these."""
    figures = {}
    for figure in TITLES:
        if not all(figure in run for run in sum(own.values(), runs)):  # nothing learns, or too few spikes
            continue
        values = [run[figure] for run in runs]
        far = {which: apart(values, [run[figure] for run in theirs]) for which, theirs in own.items()}
        figures[figure] = {"seeds": values, "mean": statistics.mean(values), "sd": spread(values),
                           "apart": {which: words for which, words in far.items() if words}}
    return {"name": name, "precision": precision, "figures": figures}


def cell(row, figure):
    if figure not in row["figures"]:
        return "-"
    it = row["figures"][figure]
    digits = 2 if figure == "rate" else 3
    return f"{it['mean']:.{digits}f} ({it['sd']:.{digits}f}){'*' if it['apart'] else ' '}"


def table(results, seconds):
    """Prints the figures and what is apart, and gives the rows for results.json."""
    own = {precision: runs for (name, precision), runs in results.items() if name == "snnc"}
    rows = [row(name, precision, runs, {"float": own["float"]} if name == "snnc" else own)
            for (name, precision), runs in results.items()]
    shown = [figure for figure in TITLES if any(figure in it["figures"] for it in rows)]
    title = f"mean (deviation), {len(own['float'])} seeds, {seconds:g} s"
    print(f"  {title:<42}" + "".join(f"{TITLES[figure]:>14} " for figure in shown))
    for it in rows:
        print(f"  {it['name']:<34} {it['precision']:<7}" + "".join(f"{cell(it, figure):>15}" for figure in shown))
    rule = f"{NEAR:.0%} of snnc's mean or {ERRORS} standard errors, whichever is more"
    lines = [f"    {it['name']} {it['precision']}, {TITLES[figure]}: {words} (snnc {precision})"
             for it in rows for figure in shown if figure in it["figures"]
             for precision, words in it["figures"][figure]["apart"].items()]
    print("\n".join([f"  * differs by more than {rule}:", *lines] if lines else [f"  all agree within {rule}"]), flush=True)
    return rows
