using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;

namespace InfluenceGen.Influence;

/// <summary>A method that decomposes the outputs of test examples into contributions of training examples.</summary>
/// <remarks>As scores, the contributions to the label: to the logit of the test example's class (Hammoudeh and Lowd, Eq. (46)), of
/// soft labels the mean over classes; to the single logit of a logistic model where the label is 1, and to its negative where it is
/// 0. Positive is towards the label, which reduces the loss; the unit is the output's. A regression has no such output, and
/// scores are refused; <c>fit.Representers</c> gives the contributions themselves.</remarks>
public interface IRepresenterMethod : IInfluenceMethod
{
    /// <summary>Checks what the method needs, and computes what all contributions have in common.</summary>
    /// <param name="task">Model, weights, training and test set.</param>
    /// <exception cref="InvalidOperationException">Something is missing that the method needs; the message says what.</exception>
    RepresenterSource<T> Represent<TModel, T>(InfluenceTask<TModel, T> task)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
