using System.Collections.Immutable;
using System.Numerics;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;

namespace InfluenceGen.Influence.Static;

/// <summary>How products with the inverse Hessian are found.</summary>
public abstract partial record Solver
{
    // Storage up to which the Hessian is written out: 1,024² numbers are 8 MB, and factored in some tens of milliseconds.
    private const int LargestWritten = 1024;

    private protected Solver()
    {
    }

    /// <summary><see cref="Cholesky"/> up to 1,024 parameters, <see cref="ConjugateGradient"/> beyond.</summary>
    public static Solver Automatic { get; } = new Automatically();

    internal static InverseHessian<TModel, T> Bind<TModel, T>(Solver solver, ObjectiveHessian<TModel, T> hessian)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => solver switch
        {
            Automatically when hessian.Layout.StorageLength <= LargestWritten => new CholeskyInverse<TModel, T>(hessian),
            Automatically => new ConjugateGradientInverse<TModel, T>(hessian, _defaultGradients),
            Factorization => new CholeskyInverse<TModel, T>(hessian),
            Gradients settings => new ConjugateGradientInverse<TModel, T>(hessian, settings),
            Recursion when hessian.Coefficients is not null => throw new InvalidOperationException(
                "LiSSA draws its batches from the whole training set; what is asked for needs products with the inverse Hessian of a part of it. Use Cholesky or conjugate gradients."),
            Recursion settings => new LissaInverse<TModel, T>(hessian, settings),
            Subspace settings => new ArnoldiInverse<TModel, T>(hessian, settings),
            _ => throw new ArgumentOutOfRangeException(nameof(solver)),
        };

    private sealed record Automatically : Solver;
}

/// <summary>Products with H⁻¹, or with what a method takes for it.</summary>
internal abstract class InverseHessian<TModel, T>(ObjectiveHessian<TModel, T> hessian)
    where TModel : struct, IModel<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public ObjectiveHessian<TModel, T> Hessian => hessian;

    /// <summary>Whether a solve costs passes over the training set, so that fewer of them are better.</summary>
    public virtual bool IsIterative => true;

    /// <summary>How the solves so far went.</summary>
    public virtual ImmutableArray<string> Notes => [];

    /// <summary>Replaces each of some vectors v, in storage order one behind the other, by H⁻¹ v.</summary>
    /// <exception cref="InvalidOperationException">There is no such product, or the solver did not find it.</exception>
    public abstract void Solve(AlignedBuffer<T> vectors, int count);

    /// <summary>Whether H may send directions to 0, so that not every vector has a product with its inverse.</summary>
    public virtual bool MayBeSingular => false;

    /// <summary>Refuses vectors of which there is no product with H⁻¹, where not they are solved for but what they are multiplied with.</summary>
    /// <exception cref="InvalidOperationException">One of them depends on what the training set does not determine.</exception>
    public virtual void RequireInRange(AlignedBuffer<T> vectors, int count)
    {
    }

    /// <summary><see cref="RequireInRange"/> for the gradients of all test losses.</summary>
    public void RequireTestsInRange()
    {
        var (task, length) = (hessian.Task, hessian.Layout.StorageLength);
        var block = (int)Math.Clamp(InfluenceTask<TModel, T>.BlockBudget / length, 1, task.Test.Count);
        for (var first = 0; first < task.Test.Count && MayBeSingular; first += block)
        {
            var part = task.TestPart(first, Math.Min(first + block, task.Test.Count));
            var gradients = new AlignedBuffer<T>(checked(part.Count * length));
            task.WriteGradients(part, gradients);
            RequireInRange(gradients, part.Count);
        }
    }
}
