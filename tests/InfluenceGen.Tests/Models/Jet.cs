namespace InfluenceGen.Tests.Models;

/// <summary>
/// A number that moves along three directions at once: its value, its three first derivatives, the mixed second ones and
/// the mixed third one. Arithmetic on it is exact differentiation forwards, by rules that share nothing with generated code.
/// </summary>
public readonly record struct Jet(double Value, double A = 0, double B = 0, double C = 0, double Ab = 0, double Ac = 0,
    double Bc = 0, double Abc = 0)
{
    public static implicit operator Jet(double value) => new(value);

    public static Jet operator +(Jet x, Jet y) => new(x.Value + y.Value, x.A + y.A, x.B + y.B, x.C + y.C, x.Ab + y.Ab,
        x.Ac + y.Ac, x.Bc + y.Bc, x.Abc + y.Abc);

    public static Jet operator -(Jet x, Jet y) => x + -1 * y;

    public static Jet operator *(Jet x, Jet y) => new(
        x.Value * y.Value,
        x.A * y.Value + x.Value * y.A,
        x.B * y.Value + x.Value * y.B,
        x.C * y.Value + x.Value * y.C,
        x.Ab * y.Value + x.A * y.B + x.B * y.A + x.Value * y.Ab,
        x.Ac * y.Value + x.A * y.C + x.C * y.A + x.Value * y.Ac,
        x.Bc * y.Value + x.B * y.C + x.C * y.B + x.Value * y.Bc,
        x.Abc * y.Value + x.Ab * y.C + x.Ac * y.B + x.Bc * y.A + x.A * y.Bc + x.B * y.Ac + x.C * y.Ab + x.Value * y.Abc);

    /// <summary>f of this number, from f and its derivatives there.</summary>
    public Jet Apply(double f0, double f1, double f2, double f3) => new(f0, f1 * A, f1 * B, f1 * C, f1 * Ab + f2 * A * B,
        f1 * Ac + f2 * A * C, f1 * Bc + f2 * B * C,
        f1 * Abc + f2 * (A * Bc + B * Ac + C * Ab) + f3 * A * B * C);

    public Jet Exp() => Apply(Math.Exp(Value), Math.Exp(Value), Math.Exp(Value), Math.Exp(Value));

    public Jet Log() => Apply(Math.Log(Value), 1 / Value, -1 / (Value * Value), 2 / (Value * Value * Value));

    /// <summary>log(1 + eˣ).</summary>
    public Jet Softplus()
    {
        var (on, off) = (1 / (1 + Math.Exp(-Value)), 1 / (1 + Math.Exp(Value)));
        return Apply(Math.Max(Value, 0) + Math.Log(1 + Math.Exp(-Math.Abs(Value))), on, on * off, on * off * (off - on));
    }

    public Jet Sigmoid()
    {
        var (on, off) = (1 / (1 + Math.Exp(-Value)), 1 / (1 + Math.Exp(Value)));
        return Apply(on, on * off, on * off * (off - on), on * off * (1 - 6 * on * off));
    }

    public Jet Tanh()
    {
        var t = Math.Tanh(Value);
        var slope = 1 - t * t;
        return Apply(t, slope, -2 * t * slope, slope * (6 * t * t - 2));
    }

    /// <summary>max(x, 0), with derivative 0 at 0.</summary>
    public Jet Relu() => Value > 0 ? this : 0;

    /// <summary>x Φ(x).</summary>
    public Jet Gelu()
    {
        var density = Math.Exp(-0.5 * Value * Value) / Math.Sqrt(2 * Math.PI);
        var below = 0.5 * (1 + Erf(Value / Math.Sqrt(2)));
        return Apply(Value * below, below + Value * density, density * (2 - Value * Value),
            density * Value * (Value * Value - 4));
    }

    /// <summary>2/√π e^(−x²) Σ 2ⁿ x^(2n+1)/(2n+1)!!, whose terms have one sign.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        var (term, sum) = (x, 0.0);
        for (var n = 1; sum + term != sum; n++)
        {
            sum += term;
            term *= 2 * x * x / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
