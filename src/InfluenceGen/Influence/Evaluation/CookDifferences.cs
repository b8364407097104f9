using System.Numerics;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Evaluation;

public sealed partial class Retrainer<TModel, T>
{
    /// <summary>By how much each training example moved the parameters: θ − θ without it (Cook, 1977; Hammoudeh and Lowd, Eq.
    /// (5)).</summary>
    /// <inheritdoc cref="CookDifferences(IReadOnlyList{int[]})"/>
    public double[,] CookDifferences() => CookDifferencesOf([.. Enumerable.Range(0, Training.Count).Select(example => (int[])[example])]);

    /// <summary>By how much groups of training examples moved the parameters: θ − θ without the group (Cook, 1977; Hammoudeh and Lowd,
    /// Eq. (5)). The estimates' <see cref="GroupInfluences{T}.ParameterChange"/> is the other way round.</summary>
    /// <remarks>One training for each. What several parameters share out differently at equal outputs (a factorization's rotations) is in
    /// the differences too.</remarks>
    /// <param name="groups">Positions in the training set; groups may overlap.</param>
    /// <returns>A row for each, a column for each parameter in the order of <see cref="Training.Fit{TModel, T}.Theta"/>.</returns>
    /// <exception cref="ArgumentException">Without a group there is nothing to train on.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is not one of the training set's.</exception>
    /// <exception cref="InvalidOperationException">Without those left out there is no minimum, or it was not reached, or there are more
    /// numbers than one piece of memory holds.</exception>
    /// <exception cref="Training.TrainingDivergedException">A training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public double[,] CookDifferences(IReadOnlyList<int[]> groups)
    {
        RequireMembers(groups);
        return CookDifferencesOf(groups);
    }

    private double[,] CookDifferencesOf(IReadOnlyList<int[]> groups)
    {
        var theta = Full.Theta();
        _ = Sizes.Product(groups.Count, theta.Length, "Ask for fewer groups at a time.");
        var differences = new double[groups.Count, theta.Length];
        Train(groups.Count, i => Without(groups[i]), (i, fit) =>
        {
            var without = fit.Theta();
            for (var j = 0; j < theta.Length; j++)
            {
                differences[i, j] = double.CreateChecked(theta[j] - without[j]);
            }
        });
        return differences;
    }
}
