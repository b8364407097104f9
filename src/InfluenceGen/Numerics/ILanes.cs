using System.ComponentModel;
using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>
/// A vector with the operations that formulas need, so that each formula is written once for both types of number and
/// all widths. Implementations are structs, for which the JIT compiles a formula anew and inlines every operation.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ILanes<TSelf, T> : IAdditionOperators<TSelf, TSelf, TSelf>
    where TSelf : struct, ILanes<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Numbers in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>0 in every lane.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>1 in every lane.</summary>
    static abstract TSelf One { get; }

    /// <summary>0, 1, 2, …</summary>
    static abstract TSelf Indices { get; }

    /// <summary>The number in the first lane.</summary>
    T First { get; }

    /// <summary>The numbers from <paramref name="index"/> on; nothing is checked.</summary>
    static abstract TSelf Load(ref T source, nint index);

    /// <summary>Stores the numbers from <paramref name="index"/> on; nothing is checked.</summary>
    void Store(ref T target, nint index);

    /// <summary>The number in every lane.</summary>
    static abstract TSelf Create(T value);

    /// <summary>A constant of a formula, rounded to T, in every lane.</summary>
    static abstract TSelf Constant(double value);

    /// <summary>The sum of the numbers, added up in the order of <see cref="StoreSums"/>.</summary>
    static abstract T Sum(TSelf vector);

    /// <summary>The greatest number; NaN if any is.</summary>
    static abstract T Greatest(TSelf vector);

    /// <summary>Stores the sums of eight vectors side by side, each the bits of <see cref="Sum"/>.</summary>
    static abstract void StoreSums(TSelf v0, TSelf v1, TSelf v2, TSelf v3, TSelf v4, TSelf v5, TSelf v6, TSelf v7, ref T target, nint index);

    /// <summary>Adds the sums of four vectors to <paramref name="count"/> results, <paramref name="step"/> apart.</summary>
    static abstract void AddSums(TSelf v0, TSelf v1, TSelf v2, TSelf v3, ref T result, nint step, int count);

    /// <summary>a·b + c, rounded once where the machine has the instruction.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>a·b for the numbers b from <paramref name="index"/> on, in one instruction where the machine has it.</summary>
    static abstract TSelf Multiply(TSelf a, ref T source, nint index);

    /// <summary>a·b + c for the numbers b from <paramref name="index"/> on, likewise.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, ref T source, nint index, TSelf c);

    /// <summary>|x|.</summary>
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

    /// <summary>One number where the mask's bits are set, the other elsewhere.</summary>
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

    /// <summary>log x, natural: −∞ at 0, NaN below.</summary>
    static abstract TSelf Log(TSelf x);

    /// <summary>a − b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>a·b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a/b.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>−a.</summary>
    static abstract TSelf operator -(TSelf a);
}
