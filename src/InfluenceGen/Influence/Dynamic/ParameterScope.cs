using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Models;

namespace InfluenceGen.Influence.Dynamic;

/// <summary>The parameters whose gradients a method looks at. The default is all of them.</summary>
public readonly record struct ParameterScope
{
    private readonly bool _isLastLayer;
    private readonly ImmutableArray<string> _names;

    private ParameterScope(bool isLastLayer, ImmutableArray<string> names) => (_isLastLayer, _names) = (isLastLayer, names);

    /// <summary>Every parameter.</summary>
    public static ParameterScope All => default;

    /// <summary>The weights and biases that make the outputs: faster, and much worse where hidden layers learn (Yeh et al.,
    /// 2022).</summary>
    public static ParameterScope LastLayer => new(true, []);

    /// <summary>Some blocks, such as <c>"Q"</c>, the embedding rows of items (TracInWE: Yeh et al., 2022). Pairs that share no row
    /// cost nothing.</summary>
    /// <param name="blocks">Names of <see cref="ParameterLayout.Blocks"/>.</param>
    /// <exception cref="ArgumentException">No block is named.</exception>
    public static ParameterScope Of(params ReadOnlySpan<string> blocks) => blocks.IsEmpty
        ? throw new ArgumentException("Name at least one block of parameters.", nameof(blocks))
        : new(false, [.. blocks]);

    /// <summary>The blocks of a model.</summary>
    /// <exception cref="InvalidOperationException">The model has no last layer, or no block of that name.</exception>
    internal BlockSet BlocksOf<TModel, T>(TModel model)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var blocks = model.Layout.Blocks;
        if (_isLastLayer)
        {
            var layers = Layer.Of<TModel, T>(model);
            if (layers.IsEmpty)
            {
                throw new InvalidOperationException(
                    $"This model has no last layer: its parameters are the tables {Names(blocks)}. Name one of them (ParameterScope.Of).");
            }

            var weights = blocks.IndexOf(layers[^1].Weights);
            return layers[^1].Bias is { } bias ? BlockSet.Of(weights, blocks.IndexOf(bias)) : BlockSet.Of(weights);
        }

        if (_names.IsDefaultOrEmpty)
        {
            return BlockSet.All;
        }

        var numbers = new int[_names.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            var name = _names[i];
            numbers[i] = Array.FindIndex([.. blocks], block => block.Name == name);
            if (numbers[i] < 0)
            {
                throw new InvalidOperationException($"This model has no block '{name}'; it has {Names(blocks)}.");
            }
        }

        return BlockSet.Of(numbers);
    }

    private static string Names(ImmutableArray<ParameterBlock> blocks) => string.Join(", ", blocks.Select(block => block.Name));
}
