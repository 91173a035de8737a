"""Makes linear.txt with mpmath: x(n dt) of x' = A x + b by the exponential of the augmented matrix."""
from mpmath import expm, matrix, mp, mpf

mp.dps = 60
SYSTEMS = {
    "oscillator": ("x v", [[0, 1], [-mpf(0.25), -mpf(0.1)]], [0, mpf(0.5)], [1, 0]),
    "chain": ("a b c", [[-mpf(1) / 10, 0, 0], [mpf(1) / 10, -mpf(1) / 10, 0], [0, mpf(1) / 10, -mpf(1) / 10]],
              [0, 0, 0], [1, 0, 0]),
    "stiff": ("x y", [[-1000, 999], [1, -2]], [0, 1], [1, 0]),
}
print("# state step value; made by linear.py")
for name, (states, a, b, start) in SYSTEMS.items():
    size = len(b)
    for n in (1, 2, 10, 50, 200, 500, 1000):
        m = matrix(size + 1, size + 1)
        for r in range(size):
            for c in range(size):
                m[r, c] = a[r][c] * n * mpf(0.1)
            m[r, size] = b[r] * n * mpf(0.1)
        end = expm(m, method="taylor") * matrix(start + [1])
        for k, state in enumerate(states.split()):
            print(f"{name}/{state}", n, mp.nstr(end[k], 20))
