using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Sources;
using InfluenceGen.Models;
using InfluenceGen.Numerics;
using InfluenceGen.Training;

namespace InfluenceGen.Influence;

public static partial class FitQuestions
{
    /// <param name="fit">The trained model.</param>
    /// <typeparam name="TModel">The generated struct.</typeparam>
    /// <typeparam name="T">double or float.</typeparam>
    extension<TModel, T>(Fit<TModel, T> fit)
        where TModel : struct, IModel<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>The influence of groups of training examples on the loss of every test example. Memory is a number for each group and test
        /// example, and the groups' parameter changes where those are 64 million numbers at most.</summary>
        /// <param name="method">Which estimate, such as <c>new SecondOrderGroup()</c>.</param>
        /// <param name="groups">Positions in the training set; groups may overlap.</param>
        /// <param name="on">The test examples.</param>
        /// <param name="effect">How the change of a loss follows from that of the parameters.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <exception cref="ArgumentException">A group is empty, names an example twice or leaves none to train on, or the test set is
        /// not one this model reads.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A position is not one of the training set's.</exception>
        /// <exception cref="InvalidOperationException">The method needs something that this fit does not have, or the estimated parameters
        /// give a loss that is not finite.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public GroupInfluences<T> GroupInfluence<TMethod>(TMethod method, IReadOnlyList<int[]> groups, ExampleSet<T> on,
            LossChange effect = LossChange.FirstOrder, InfluenceOptions? options = null)
            where TMethod : struct, IGroupMethod
        {
            // Numbers of parameter changes that are kept beside the effects, 512 MB of double.
            const long MostChanges = 8 * InfluenceTask<TModel, T>.BlockBudget;

            ArgumentNullException.ThrowIfNull(fit);
            ArgumentNullException.ThrowIfNull(groups);
            ArgumentNullException.ThrowIfNull(on);
            Settings.RequireDefined(effect);
            var sorted = new int[groups.Count][];
            for (var group = 0; group < sorted.Length; group++)
            {
                sorted[group] = fit.Members(groups[group], group);
            }

            using var task = new InfluenceTask<TModel, T>(fit, on, options);
            on = task.Test;
            var source = method.Prepare(task);
            source.Begin(sorted);
            var length = task.Layout.StorageLength;
            var effects = new AlignedBuffer<T>(groups.Count, on.Count);
            var keepsChanges = (long)groups.Count * task.Layout.Count <= MostChanges;
            var (changes, change) = (new T[keepsChanges ? groups.Count : 0][], new AlignedBuffer<T>(length));
            var losses = new LossChanges<TModel, T>(task, on, effect);
            AlignedBuffer<T>? together = null;
            for (var group = 0; group < sorted.Length; group++)
            {
                var place = group % source.Together;
                if (place == 0)
                {
                    var (first, count) = (group, Math.Min(source.Together, sorted.Length - group));
                    together = source.ChangesOf(sorted.AsSpan(first, count), share => task.Report((first + count * share) / sorted.Length));
                }

                if (together is null)
                {
                    source.WriteChange(sorted[group], change);
                }
                else
                {
                    together.Span.Slice(place * length, length).CopyTo(change.Span);
                }

                if (keepsChanges)
                {
                    task.Layout.Pack<T>(change.Span, changes[group] = new T[task.Layout.Count]);
                }

                var written = effects.Span.Slice(group * on.Count, on.Count);
                losses.Write(change, written);
                if (Finite.IndexOfOther<T>(written) is >= 0 and var test)
                {
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                        $"Group {group} (counted from 0) changes the parameters by {TensorPrimitives.Norm<T>(change.Span):G3}, which gives test {FiniteResults.Name(on, test)} a loss that is not finite. Add damping (Damping), or ask for the loss to first order."));
                }

                if (together is null)
                {
                    task.Report((group + 1.0) / sorted.Length);
                }
            }

            return new GroupInfluences<T>(effects, changes, groups.Count, on.Count, fit.With(source.Notes));
        }

        /// <summary>The group of training examples of a given size that reduces the sum of the test losses most, by the second-order
        /// estimate of Basu, You and Feizi (2020).</summary>
        /// <param name="selection">How to search: <c>new ProjectedGradientGroup()</c> or <c>new GreedyGroup()</c>.</param>
        /// <param name="size">Members, at least 1 and not all examples.</param>
        /// <param name="on">The test examples, often a single one.</param>
        /// <param name="options">Threads, progress, cancellation.</param>
        /// <exception cref="ArgumentException">The test set is not one this model reads.</exception>
        /// <exception cref="ArgumentOutOfRangeException">There is no group of that size.</exception>
        /// <exception cref="InvalidOperationException">The method needs something that this fit does not have.</exception>
        /// <exception cref="ArithmeticException">The influence is not a finite number.</exception>
        /// <exception cref="OperationCanceledException">Cancelled.</exception>
        public SelectedGroup MostInfluentialGroup<TSelection>(TSelection selection, int size, ExampleSet<T> on, InfluenceOptions? options = null)
            where TSelection : struct, IGroupSelection
        {
            ArgumentNullException.ThrowIfNull(fit);
            ArgumentNullException.ThrowIfNull(on);
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(size, fit.Training.Count);
            using var task = new InfluenceTask<TModel, T>(fit, on, options);
            var found = selection.Select(task, size);
            FiniteResults.Require(found.Influence, "influence of the group that was found");
            FiniteResults.Require<double, T>(found.Weights.AsSpan(), fit.Training, 1, "weight in the group");
            return found;
        }

        internal int[] Members(int[] group, int number)
        {
            ArgumentNullException.ThrowIfNull(group, "groups");
            if (group.Length == 0)
            {
                throw new ArgumentException($"Group {number} (counted from 0) is empty.", "groups");
            }

            var members = (int[])group.Clone();
            Array.Sort(members);
            ArgumentOutOfRangeException.ThrowIfNegative(members[0], "groups");
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(members[^1], fit.Training.Count, "groups");
            for (var i = 1; i < members.Length; i++)
            {
                if (members[i] == members[i - 1])
                {
                    throw new ArgumentException($"Group {number} (counted from 0) names example {members[i]} twice.", "groups");
                }
            }

            return members.Length < fit.Training.Count
                ? members
                : throw new ArgumentException($"Group {number} (counted from 0) is the whole training set; without it there is nothing to train on.", "groups");
        }
    }
}
