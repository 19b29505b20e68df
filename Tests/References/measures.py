"""Reference values for the measures of use, by NumPy, SciPy, lifelines and statsmodels.

    pip install numpy scipy lifelines statsmodels
    python3 Tests/References/measures.py > Tests/HubTests/Traces/measures.json

Each case: the input, and what the reference gives for it.
"""
import json
import warnings

import numpy as np
import statsmodels.api as sm
from lifelines import KaplanMeierFitter
from scipy import stats

warnings.simplefilter("ignore")
random = np.random.default_rng(20261126)


def quantiles():
    for count in (1, 2, 3, 10, 37):
        numbers = np.round(random.gamma(2, 300, count), 3)
        yield {
            "numbers": numbers.tolist(),
            "expected": {str(q): float(np.quantile(numbers, q)) for q in (0, 0.25, 0.5, 0.9, 1)},
        }


def survivals():
    for count, share in ((1, 0.0), (5, 0.0), (20, 0.3), (60, 0.5), (40, 0.9), (12, 1.0)):
        # Whole minutes, so that ends and censorings fall on one another.
        seconds = np.ceil(random.exponential(20, count)) * 60
        censored = random.random(count) < share
        fitter = KaplanMeierFitter().fit(seconds, ~censored)
        table = fitter.event_table
        times = [t for t in table.index if table.loc[t, "observed"] > 0]
        # Greenwood, from the table itself.
        risk = table["at_risk"].to_numpy(dtype=float)
        died = table["observed"].to_numpy(dtype=float)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(risk > died, died / (risk * (risk - died)), 0)
        errors = fitter.survival_function_["KM_estimate"].to_numpy() * np.sqrt(np.cumsum(terms))
        places = [list(table.index).index(t) for t in times]
        median = fitter.median_survival_time_
        yield {
            "seconds": seconds.tolist(),
            "censored": censored.tolist(),
            "steps": [[float(t), float(fitter.predict(t)), float(errors[p])] for t, p in zip(times, places)],
            "median": None if np.isinf(median) else float(median),
        }


def trends():
    for count, slope in ((2, 1.0), (8, 0.5), (26, -0.3), (52, 0.0)):
        x = np.arange(count, dtype=float)
        y = np.round(slope * x + random.normal(0, 2, count), 1)
        if count > 8:
            y[3] += 40
        result = stats.theilslopes(y, x, alpha=0.95)
        yield {
            "x": x.tolist(), "y": y.tolist(), "slope": float(result.slope),
            "intercept": float(result.intercept), "low": float(result.low_slope),
            "high": float(result.high_slope),
        }


def rhythms():
    for days, regular in ((2, 0.0), (7, 1.0), (14, 0.5), (28, 0.9)):
        wave = 10 + 10 * np.sin(np.arange(24) / 24 * 2 * np.pi)
        hours = np.round(np.tile(wave, days) * regular + random.gamma(1, 5, 24 * days) * (1 - regular) + 0.001, 4)
        n, p = len(hours), 24
        mean = hours.mean()
        by_hour = hours.reshape(days, 24).mean(axis=0)
        total = ((hours - mean) ** 2).sum()
        yield {
            "hours": hours.tolist(),
            "stability": float(n * ((by_hour - mean) ** 2).sum() / (p * total)),
            "variability": float(n * (np.diff(hours) ** 2).sum() / ((n - 1) * total)),
        }


def diversities():
    for counts in ([1], [5, 5], [1, 2, 3, 0], [100, 1], [7] * 16):
        yield {"counts": counts, "bits": float(stats.entropy(counts, base=2))}


def proportions():
    for count, total in ((0, 1), (1, 1), (3, 4), (0, 20), (7, 20), (20, 20), (411, 1000)):
        interval = stats.binomtest(count, total).proportion_ci(method="wilson")
        yield {"count": count, "total": total, "low": float(interval.low), "high": float(interval.high)}


def counts():
    for size, mean, spread in ((1, 2, 50), (12, 0.3, 50), (40, 1.5, 50), (40, 1.5, 0.5), (200, 4, 2)):
        numbers = random.negative_binomial(spread, spread / (spread + mean), size)
        dispersion = 1.0
        if size > 1 and numbers.sum() > 0:
            fit = sm.GLM(numbers, np.ones(size), family=sm.families.Poisson()).fit()
            dispersion = max(1.0, float(fit.pearson_chi2 / fit.df_resid))
        yield {"counts": numbers.tolist(), "mean": float(numbers.mean()), "dispersion": dispersion}


print(json.dumps({
    "quantiles": list(quantiles()), "survivals": list(survivals()), "trends": list(trends()),
    "rhythms": list(rhythms()), "diversities": list(diversities()),
    "proportions": list(proportions()), "counts": list(counts()),
}, indent=1))
