using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence;

/// <summary>
/// A method that scores the influence of each training example on the loss of each test example. Methods are structs, so
/// that the call below is direct and publishes native; they hold settings only and can be used any number of times.
/// </summary>
/// <remarks>The sign is the same everywhere: <b>a positive score says that the training example reduces the test loss</b>
/// (Hammoudeh and Lowd, Eq. (8)). The unit is that of the loss unless the method says otherwise.</remarks>
public interface IInfluenceMethod
{
    /// <summary>Checks what the method needs, and computes what all scores have in common.</summary>
    /// <param name="task">Model, weights, training and test set.</param>
    /// <exception cref="InvalidOperationException">Something is missing that the method needs; the message says what.</exception>
    ScoreSource<T> Prepare<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
