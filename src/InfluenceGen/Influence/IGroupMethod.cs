using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence;

/// <summary>
/// A method that estimates how the trained parameters change when a group of training examples is removed. Methods are
/// structs, so that the call below is direct and publishes native; they hold settings only and can be used any number of times.
/// </summary>
public interface IGroupMethod
{
    /// <summary>Checks what the method needs, and computes what all groups have in common.</summary>
    /// <param name="task">Model, weights, training and test set.</param>
    /// <exception cref="InvalidOperationException">Something is missing that the method needs; the message says what.</exception>
    GroupSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
