using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence;

/// <summary>A way to find the group of a given size whose removal is estimated to raise the test loss most. Ways are structs that
/// hold settings only.</summary>
public interface IGroupSelection
{
    /// <summary>Finds a group.</summary>
    /// <param name="task">Model, weights, training and test set; the sum of the test losses is what counts.</param>
    /// <param name="size">Members.</param>
    /// <exception cref="InvalidOperationException">Something is missing that the estimate needs; the message says what.</exception>
    SelectedGroup Select<TModel, T>(InfluenceTask<TModel, T> task, int size)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}

/// <summary>A group that was searched for.</summary>
/// <param name="Examples">Positions in the training set, ascending.</param>
/// <param name="Influence">Its second-order influence on the sum of the test losses (Basu, You and Feizi, Eq. (17)): positive where
/// the group reduces it.</param>
/// <param name="Weights">What the members were picked by, for each training example: the relaxed weight w, or the additive part
/// a for a greedy choice.</param>
/// <param name="Notes">What a reader should know: how a solve went, that the weights are not a minimum.</param>
public sealed record SelectedGroup(ImmutableArray<int> Examples, double Influence, ImmutableArray<double> Weights,
    ImmutableArray<string> Notes);
