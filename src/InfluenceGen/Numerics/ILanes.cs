using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>
/// A vector with the operations that formulas need, so that each formula is written once for both types of number and
/// both widths. Implementations are structs, for which the JIT compiles a formula anew and inlines every operation.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
internal interface ILanes<TSelf, T>
    where TSelf : struct, ILanes<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>0, 1, 2, …</summary>
    static abstract TSelf Indices { get; }

    /// <summary>The number in the first lane.</summary>
    T First { get; }

    static abstract TSelf Load(ref T source, nint index);

    void Store(ref T target, nint index);

    /// <summary>The number in every lane.</summary>
    static abstract TSelf Create(T value);

    /// <summary>A constant of a formula, rounded to T, in every lane.</summary>
    static abstract TSelf Constant(double value);

    static abstract T Sum(TSelf vector);

    /// <summary>The greatest number; NaN if any is.</summary>
    static abstract T Greatest(TSelf vector);

    /// <summary>Adds the sums of four vectors to <paramref name="count"/> results, <paramref name="step"/> apart.</summary>
    static abstract void AddSums(TSelf v0, TSelf v1, TSelf v2, TSelf v3, ref T result, nint step, int count);

    /// <summary>a·b + c, rounded once where the machine has the instruction.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Abs(TSelf x);

    /// <summary>The nearest whole number.</summary>
    static abstract TSelf Round(TSelf x);

    /// <summary>NaN where either is.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>NaN where either is.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>All bits set where a &lt; b.</summary>
    static abstract TSelf LessThan(TSelf a, TSelf b);

    /// <summary>All bits set where a = b.</summary>
    static abstract TSelf Equal(TSelf a, TSelf b);

    static abstract TSelf Select(TSelf mask, TSelf whereSet, TSelf elsewhere);

    /// <summary>The magnitude of one with the sign of the other.</summary>
    static abstract TSelf WithSignOf(TSelf magnitude, TSelf sign);

    /// <summary>2ⁿ for whole n within the exponents of normal numbers.</summary>
    static abstract TSelf PowerOfTwo(TSelf n);

    /// <summary>The leading half of each number's digits: its square, and its product with another such, are exact.</summary>
    static abstract TSelf LeadingDigits(TSelf x);

    /// <summary>Whether all bits are set in every lane.</summary>
    static abstract bool All(TSelf mask);

    /// <summary>The framework's eˣ, for numbers between −708 and 708; see <see cref="ElementaryFormulas{T, V}.Exp"/>.</summary>
    static abstract TSelf Exp(TSelf x);

    static abstract TSelf Log(TSelf x);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a);
}
