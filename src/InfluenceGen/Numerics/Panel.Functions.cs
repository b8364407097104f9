using System.Numerics;
using System.Runtime.CompilerServices;

namespace InfluenceGen.Numerics;

// Elementary functions alone: steps of the library's own, so that a build without optimisation does not slow them down.
public static partial class Panel
{
    /// <summary>target = 1/(1 + e⁻ᵃ), element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void Sigmoid<T>(in Panel<T> target, in Panel<T> a, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<SigmoidOf<T>, T>(in target, in a, count);

    /// <summary>target = log(1 + eᵃ), element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void Softplus<T>(in Panel<T> target, in Panel<T> a, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<SoftplusOf<T>, T>(in target, in a, count);

    /// <summary>target = eᵃ, element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void Exp<T>(in Panel<T> target, in Panel<T> a, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<ExpOf<T>, T>(in target, in a, count);

    /// <summary>target = tanh(a), element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void Tanh<T>(in Panel<T> target, in Panel<T> a, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<TanhOf<T>, T>(in target, in a, count);

    /// <summary>target = max(a, 0), element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void Positive<T>(in Panel<T> target, in Panel<T> a, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<PositiveOf<T>, T>(in target, in a, count);

    /// <summary>target = 1 above 0, else 0, element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void Step<T>(in Panel<T> target, in Panel<T> a, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<StepOf<T>, T>(in target, in a, count);

    /// <summary>target = Φ(a), element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void NormalCdf<T>(in Panel<T> target, in Panel<T> a, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<NormalCdfOf<T>, T>(in target, in a, count);

    /// <summary>target = φ(a) = exp(−a²/2)/√(2π), element by element.</summary>
    /// <inheritdoc cref="Map{F, T}(in Panel{T}, in Panel{T}, int)"/>
    public static void NormalDensity<T>(in Panel<T> target, in Panel<T> a, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Map<NormalDensityOf<T>, T>(in target, in a, count);

    private readonly struct SigmoidOf<T> : IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a) where V : struct, ILanes<V, T> => ElementaryFormulas<T, V>.Sigmoid(a);
    }

    private readonly struct SoftplusOf<T> : IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a) where V : struct, ILanes<V, T> => ElementaryFormulas<T, V>.Softplus(a);
    }

    private readonly struct ExpOf<T> : IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a) where V : struct, ILanes<V, T> => ElementaryFormulas<T, V>.Exp(a);
    }

    private readonly struct TanhOf<T> : IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a) where V : struct, ILanes<V, T> => ElementaryFormulas<T, V>.Tanh(a);
    }

    private readonly struct PositiveOf<T> : IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a) where V : struct, ILanes<V, T> => ElementaryFormulas<T, V>.Positive(a);
    }

    private readonly struct StepOf<T> : IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a) where V : struct, ILanes<V, T> => ElementaryFormulas<T, V>.Step(a);
    }

    private readonly struct NormalCdfOf<T> : IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a) where V : struct, ILanes<V, T> => ElementaryFormulas<T, V>.NormalCdf(a);
    }

    private readonly struct NormalDensityOf<T> : IFormula1<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Of<V>(V a) where V : struct, ILanes<V, T> => ElementaryFormulas<T, V>.NormalDensity(a);
    }
}
