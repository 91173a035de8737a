#!/usr/bin/env python3
"""Prints a random valid program, the same for the same seed. Types and units direct it, and every value stays bounded:
decays and saturating functions only, so that no program diverges."""
import random
import sys

SAMPLES = {"1": "", "mV": " mV", "ms": " ms"}


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.names = 0

    def fresh(self, stem):
        self.names += 1
        return f"{stem}{self.names}"

    def chance(self, p):
        return self.r.random() < p

    def pick(self, *items):
        return self.r.choice(items)

    def number(self, low, high):
        return f"{self.r.uniform(low, high):.{self.pick(1, 2, 3)}f}"

    def literal(self, dim):
        return self.number(0.5, 4) + SAMPLES[dim]

    # ---- expressions: scope maps names to dimensions; values are of the order of 1 to 100
    def expr(self, dim, scope, depth=3, draws=False):
        fitting = [n for n, d in scope.items() if d == dim]
        if depth <= 0 or self.chance(0.15):
            return self.r.choice(fitting) if fitting and self.chance(0.7) else self.literal(dim)
        sub = lambda d=dim: self.expr(d, scope, depth - 1, draws)
        options = [
            lambda: f"({sub()} + {sub()})", lambda: f"({sub()} - {sub()})", lambda: f"{sub('1')} * {sub()}",
            lambda: f"-{sub()}", lambda: f"min({sub()}, {sub()})", lambda: f"max({sub()}, {sub()})", lambda: f"abs({sub()})",
            lambda: f"({sub()} if {self.condition(scope, depth - 1)} else {sub()})",
            lambda: f"clip({sub()}, -{self.literal(dim)}, {self.literal(dim)})",
            lambda: f"{sub()} / (1 + abs({sub('1')}))",
        ]
        if dim == "1":
            options += [lambda: f"{self.pick('tanh', 'sin', 'cos', 'sigmoid', 'atan', 'relu', 'sign', 'floor', 'round', 'heaviside')}({sub()})"] * 3
            options += [lambda: f"exp(-abs({sub()}))", lambda: f"log1p(abs({sub()}))", lambda: f"sqrt(abs({sub()}))",
                        lambda: f"exprel(-abs({sub()}))", lambda: f"exprelr({sub()})", lambda: f"expm1(-abs({sub()}))", lambda: f"mod({sub()}, {self.literal('1')})",
                        lambda: f"abs({sub()})^{self.pick('0.5', '1.5', '0.25')}", lambda: f"({sub()})^{self.pick('2', '3')}",
                        lambda: f"({sub('mV')} / {self.literal('mV')})", lambda: f"({self.condition(scope, depth - 1)}) * {sub()}",
                        lambda: f"atan2({sub()}, {sub()})", lambda: f"ceil({sub()})",
                        lambda: self.pick("floor(t / (0.7 ms))", "sin(2 * pi * 40 Hz * t)", "mod(t / (3 ms), 2)", f"(t > {self.literal('ms')}) * {sub()}",
                                          "clip((t - t_spike) / (5 ms), 0, 1)", "sign(t - 9 ms)")]
            if draws:
                options += [lambda: self.draw("1")] * 2
        if dim == "mV" and draws:
            options += [lambda: self.draw("mV")]
        return self.r.choice(options)()

    def draw(self, dim):
        u = SAMPLES[dim]
        a, b = self.number(0, 1), self.number(1, 3)
        forms = [f"uniform({a}{u}, {b}{u})", f"normal({a}{u}, {b}{u})", f"exponential({b}{u})"]
        if dim == "1":
            forms += [f"gamma({b}, {b})", f"lognormal({a}, 0.25)", f"poisson({b})", f"bernoulli({a})"]
        return self.r.choice(forms)

    def condition(self, scope, depth=2):
        dim = self.pick("1", "mV") if "mV" in scope.values() else "1"
        one = f"{self.expr(dim, scope, depth)} {self.pick('<', '>', '<=', '>=')} {self.expr(dim, scope, depth)}"
        return f"not ({one})" if self.chance(0.15) else f"({one}) {self.pick('and', 'or')} {self.pick('true', '1 < 2')}" if self.chance(0.1) else one

    # ---- models
    def neuron(self):
        name, lines = self.fresh("Cell"), []
        scope = {"tau": "ms", "v": "mV"}
        lines.append(f"  param tau = {self.number(5, 30)} ms,  V_th = {self.number(4, 12)} mV,  drive = {self.number(2, 14)} mV")
        scope["V_th"] = scope["drive"] = "mV"
        lines.append("  input I : mV")
        lines.append(f"  state v : mV = {self.pick('0 mV', 'uniform(0 mV, 5 mV)', 'normal(0 mV, 1 mV)')}")
        # the potential: exact, conditionally linear, or driven by time
        lines.append(f"  tau * v' = drive + I - v{self.pick('', ' + g', ' + g - a', ' + 1 mV * sin(t / 7 ms)', ' - v * abs(x)')}")
        lines.append("  state g : mV = 0 mV,  a : mV = 0 mV,  x = 0.25")
        scope.update(g="mV", a="mV", x="1")
        lines.append(f"  g' = -g / {self.number(2, 9)} ms")
        lines.append(f"  a' = {self.pick('-a', '(g - a)', '(v - a) * 0.5', '(0.1 * v - a)')} / {self.number(10, 60)} ms")
        gate = self.expr("1", {"v": "mV", "x": "1"}, 2)
        lines.append("  x' = " + self.pick(f"sigmoid({gate}) * (1 - x) / 5 ms - x / 9 ms", f"(tanh({gate}) - x) / {self.number(3, 20)} ms",
                                          "(1 - x * x) / 10 ms", f"-x / {self.number(1, 9)} ms + cos(x + t / 3 ms) / 4 ms",
                                          "(0.5 - x) / 6 ms"))
        if self.chance(0.5):
            lines.append(f"  solver {self.pick('euler', 'rk4', 'auto', '{ x : euler }', '{ g : exponential_euler;  x : rk4 }')}")
        lines.append("  state n : int = 0,  up : bool = false,  z = 0,  hits : int = 0")
        scope.update(z="1", n="1", up="1", i="1")
        if self.chance(0.6):
            lines.append(f"  let l = {self.expr('1', scope, 3, draws=self.chance(0.3))}")
            scope["l"] = "1"
        body = [f"    z = tanh({self.expr('1', scope, 3, draws=True)})"]
        body.append("    n = mod(n + 1, 5)")
        if self.chance(0.6):
            body.append(f"    up = {self.condition(scope)}")
        if self.chance(0.5):
            body.append(f"    if {self.condition(scope)} {{ x = clip(x + 0.1 * z, -0.5, 2);  a += 0.1 mV }} else {{ z = 0.5 * z }}")
        if self.chance(0.4):
            kind = self.pick("sum", "mean", "max", "min")
            body.append(f"    z += 0.01 * tanh(population.{kind}({self.pick('x', 'v / mV', 'n')}))")
        lines.append("  each step {\n" + "\n".join(body) + "\n  }")
        if self.chance(0.4):
            lines.append(f"  every {self.pick('2 ms', '3.5 ms', '10 ms')} {{ a = 0.5 * a;  z = -z }}")
        rank = " and population.rank(v) < 6" if self.chance(0.3) else ""
        condition = self.pick("v > V_th", "v crosses V_th", "v > V_th + 0.1 * a", "v - a crosses 0.5 * V_th")
        if "crosses" in condition:
            rank = ""
        reset = ["v = 0 mV"]
        if self.chance(0.6):
            reset.append(f"hold {self.pick('v', 'v, g', 'v, a')} for {self.pick('2 ms', '1.3 ms', '(1 ms + 0.5 ms * n)')}")
        if self.chance(0.5):
            reset.append(f"a += {self.number(0.1, 1)} mV")
        if self.chance(0.3):
            reset.append(f"if {self.condition(scope, 1)} {{ x = 0.5 }}")
        lines.append(f"  spike when {condition}{rank} {{ {';  '.join(reset)} }}")
        return name, f"neuron {name} {{\n" + "\n".join(lines) + "\n}"

    def rule(self):
        name = self.fresh("Rule")
        lines = [f"  param rate = {self.number(0.01, 0.2)},  top = 1 mV",
                 "  state p = 0,  q = 0,  e = 0", f"  p' = -p / {self.number(5, 30)} ms", f"  q' = -q / {self.number(5, 30)} ms"]
        if self.chance(0.4):
            lines.append(f"  e' = -e / {self.number(5, 50)} ms")
        lines.append(f"  on pre  {{ p {self.pick('+=', '=')} 1;  w = clip(w {self.pick('+', '-')} rate * top * q, 0 mV, top) }}")
        lines.append(f"  on post {{ q {self.pick('+=', '=')} 1;  e += p;  w = clip(w + rate * top * {self.pick('p', 'e', 'tanh(e - q)')}, 0 mV, top) }}")
        if self.chance(0.3):
            lines.append("  every 10 ms { w *= " + self.pick("0.875", "20 mV / (10 mV + incoming.sum(w))", "1 mV / (0.5 mV + edges.max(w))") + " }")
        return name, f"rule {name} {{\n" + "\n".join(lines) + "\n}"

    def synapse(self):
        name = self.fresh("Link")
        forms = ["  on pre { target += w }",
                 "  param u = 0.25\n  state d = 0\n  d' = -d / 40 ms\n  on pre { target += w * (1 - d);  d += u * (1 - d) }",
                 "  state k : int = 0\n  on pre { k += 1;  target += w * (1 + mod(k, 2)) }",
                 "  on pre { target += w;  post.hits += 1 + mod(pre.i, 3) }", "  on pre { target += w;  post.hits -= 2 }"]
        return name, f"synapse {name} {{\n  weight w : mV = 0.5 mV\n{self.r.choice(forms)}\n}}"

    # ---- the program
    def program(self):
        r, text = self.r, ["import std.encoders", "import std.rules", "import std.synapses"]
        neurons = [self.neuron() for _ in range(r.randint(1, 2))]
        rules = [self.rule() for _ in range(r.randint(0, 2))]
        links = [self.synapse()]
        text += [body for _, body in neurons + rules + links]
        net, cells, sources, projections = [], [], [], []
        for _ in range(r.randint(1, 2)):
            name, size = self.fresh("in"), r.randint(3, 40)
            net.append(f"  population {name} = " + self.pick(f"Poisson[{size}](rate_max = {r.randint(30, 200)} Hz)",
                                                            f"Bernoulli[{size}](p_max = {self.number(0.02, 0.2)})",
                                                            f"Latency[{size}](t_max = {r.randint(5, 40)} ms)"))
            sources.append((name, size))
        net.append("  population graded = Rate[5]")
        for model, _ in neurons:
            for _ in range(r.randint(1, 2)):
                name, size = self.fresh("c"), r.randint(1, 70)
                args = self.pick("", "(drive = uniform(2 mV, 15 mV))", "(tau = 12.5 ms, V_th = 6 mV + 0.05 mV * i)", "(drive = 0.5 mV * mod(i, 30))")
                net.append(f"  population {name} = {model}[{size}]{args}")
                cells.append((name, size))
        for _ in range(r.randint(2, 5)):
            (a, na), (b, nb) = r.choice(sources + cells), r.choice(cells)
            whole = self.chance(0.7)
            left = a if whole else f"{a}[{na // 3}:{na}]"
            pattern = self.pick("all_to_all", "all_to_all", f"random(p = {self.number(0.1, 0.9)})", f"fixed_in({max(1, na // 4)})" if whole else "all_to_all",
                                f"fixed_out({max(1, nb // 3)})",
                                f"fixed_total({nb * 3}, multapses = true)" if whole else "all_to_all")
            weight = self.pick("0.3 mV", "uniform(0 mV, 0.8 mV)", "0.05 mV * mod(pre.i + 3 * post.i, 11)", "normal(0.3 mV, 0.1 mV)")
            learning, fraction = "", self.chance(0.5)
            kind, port = self.pick("Pulse", links[0][0]), "g"
            if fraction:
                learning = " learning " + (self.pick(*[n for n, _ in rules]) if rules and self.chance(0.6) else f"PairSTDP(w_max = 1 mV, A_pre = {self.number(0.01, 0.2)})")
            elif self.chance(0.3):
                kind, port = "Current", "I"
            tau = f", tau = {self.number(2, 8)} ms" if kind == "Current" else ""
            delay = self.pick("", " delay 1 ms", " delay uniform(0 ms, 6 ms)", " delay (0.5 ms * mod(pre.i + post.i, 9))", " delay 2.3 ms")
            where = self.pick("", "", " where pre.i != post.i") if not pattern.startswith("fixed") else ""
            name = self.fresh("p")
            net.append(f"  connect {left} -> {b}.{port} {pattern} by {kind}(w = {weight}{tau}){learning}{where}{delay} as {name}")
            projections.append((name, bool(learning)))
        if self.chance(0.5):
            net.append(f"  connect graded -> {cells[0][0]}.I all_to_all by Dense(w = uniform(0 mV, 1 mV))")
        text.append("network Net {\n" + "\n".join(net) + "\n}")
        text.append(self.experiment(cells, sources, projections))
        return "\n\n".join(text) + "\n"

    def experiment(self, cells, sources, projections):
        lines = [f"  set dt = {self.pick('0.5 ms', '1 ms', '0.25 ms', '0.1 ms')},  seed = {self.r.randint(0, 2**31)}"]
        for name, _ in sources:
            lines.append(f"  {name}.x = {self.pick('1', '0.5', 'uniform(0, 1)')}")
            lines.append(f"  record {name}.spikes")
        lines.append("  graded.x = [0, 0.5, 1, 2, 4]")
        for name, _ in cells:
            lines.append(f"  record {name}.spikes\n  record {name}.v every {self.pick('1 ms', '5 ms')}\n  record {name}.x every 2 ms")
        lines.append(f"  run {self.r.randint(20, 40)} ms")
        lines.append(f"  for k in range({self.r.randint(1, 3)}) {{")
        for name, _ in sources:
            if self.chance(0.5):
                lines.append(f"    {name}.x = uniform(0, 1)")
        lines.append(f"    {cells[0][0]}.v = {self.pick('0 mV', 'normal(2 mV, 1 mV)')}")
        plastic = [n for n, learns in projections if learns]
        if plastic and self.chance(0.4):
            lines.append(f"    if k == 1 {{ freeze {plastic[0]} }} else {{ learn {plastic[0]} }}")
        if self.chance(0.3):
            lines.append(f"    reset {cells[-1][0]}")
        lines.append(f"    run {self.pick('10 ms', '7.5 ms', '20 ms')}\n  }}")
        for name, _ in cells:
            for state in ("g", "a", "x", "z", "n", "hits"):
                lines.append(f"  record {name}_{state} = {name}.{state}")
            lines.append(f'  print "{name}: {{{name}.count.sum()}} {{{name}.v.sum() in mV:.17g}}"')
        for name, learns in projections:
            lines.append(f"  record w_{name} = {name}.w")
        return "experiment check on Net {\n" + "\n".join(lines) + "\n}"


if __name__ == "__main__":
    print(Generator(int(sys.argv[1])).program(), end="")
