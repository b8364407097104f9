using System.Text;
using InfluenceGen.Examples;
using InfluenceGen.Influence.Dynamic;
using InfluenceGen.Training;
using Xunit;

namespace InfluenceGen.Influence.Tests.Sharing;

/// <summary>Files that are written by hand as the documents say: the right one is the one the library writes, and wrong ones are refused
/// although every checksum is right.</summary>
public class TrajectoryFormatTests
{
    private const double Infinity = double.PositiveInfinity;

    private static readonly double[] _x = [1, 2, 0.5, -1, 3, 0];
    private static readonly double[] _y = [1, 2, 4];

    public static TheoryData<string> Wrong => [.. _wrong.Keys];

    // What is wrong, and what is said of it.
    private static readonly Dictionary<string, (Func<TrajectoryByHand, TrajectoryByHand> Made, string Message)> _wrong = new()
    {
        ["a header that is shorter than any"] = (file => file with { HeaderLength = 3 }, "header is said to have 3 bytes"),
        ["a header of negative length"] = (file => file with { HeaderLength = -1 }, "header is said to have -1 bytes"),
        ["a header longer than the file"] = (file => file with { HeaderLength = long.MaxValue }, "header is said to have"),
        ["another precision"] = (file => file with { Size = 4 }, "numbers of 4 bytes"),
        ["no examples"] = (file => file with { Examples = 0 }, "it is of 0 examples"),
        ["a negative number of examples"] = (file => file with { Examples = -3 }, "it is of -3 examples"),
        ["examples beyond what there can be"] = (file => file with { Examples = (1L << 32) + 3 }, "it is of 4294967299 examples"),
        ["momentum of 1"] = (file => file with { Momentum = 1 }, "momentum is 1"),
        ["momentum that is no number"] = (file => file with { Momentum = double.NaN }, "momentum is NaN"),
        ["clipping to 0"] = (file => file with { Limit = 0 }, "scales gradients to 0"),
        ["normalising to 2"] = (file => file with { Limit = 2, Normalises = 1 }, "scales gradients to 2"),
        ["normalising and something else"] = (file => file with { Limit = 1, Normalises = 2 }, "scales gradients to 1"),
        ["a declaration of negative length"] = (file => file with { DeclarationLength = -1 }, "ends within the declaration"),
        ["a declaration longer than the header"] = (file => file with { DeclarationLength = int.MaxValue }, "ends within the declaration"),
        ["a declaration that is not UTF-8"] = (file => file with { Declaration = [0x80, 0x81] }, "the declaration is not UTF-8"),
        ["no blocks"] = (file => file with { BlockCount = 0 }, "0 blocks of parameters"),
        ["a negative number of blocks"] = (file => file with { BlockCount = -1 }, "-1 blocks of parameters"),
        ["a billion blocks"] = (file => file with { BlockCount = 1_000_000_000 }, "1000000000 blocks of parameters"),
        ["a block more than there is"] = (file => file with { BlockCount = 3 }, "blocks of parameters"),
        ["a block less than there is"] = (file => file with { BlockCount = 1 }, "header does not end where it says"),
        ["a block without rows"] = (file => file with { Blocks = [file.Blocks[0] with { Rows = 0 }, file.Blocks[1]] }, "block w has 0×2 parameters"),
        ["a block of negative columns"] = (file => file with { Blocks = [file.Blocks[0] with { Columns = -2 }, file.Blocks[1]] }, "1×-2 parameters"),
        ["tables in no order"] = (file => file with { Blocks = [file.Blocks[0] with { RowIndex = 1 }, file.Blocks[1]] }, "are not in the order of their row indices"),
        ["a table that there is not"] = (file => file with { Blocks = [file.Blocks[0] with { RowIndex = 2 }, file.Blocks[1]] }, "the row index 2"),
        ["a block that is neither a bias nor none"] = (file => file with { Blocks = [file.Blocks[0] with { IsBias = 2 }, file.Blocks[1]] }, "is marked 2"),
        ["a negative penalty"] = (file => file with { Blocks = [file.Blocks[0] with { L2 = -1 }, file.Blocks[1]] }, "penalties -1 and 0"),
        ["a weight decay that is infinite"] = (file => file with { Blocks = [file.Blocks[0] with { Decay = Infinity }, file.Blocks[1]] }, "has the penalties 0 and "),
        ["parameters that overflow 32 bits"] = (file => file with { Blocks = [file.Blocks[0] with { Rows = 1 << 16, Columns = 1 << 16 }, file.Blocks[1]] },
            "parameters take 4294967296 numbers and more"),
        ["more parameters than bytes"] = (file => file with { Blocks = [file.Blocks[0] with { Columns = 1 << 28 }, file.Blocks[1]] },
            "do not lie between its header and its steps"),
        ["no checkpoint"] = (file => file with { Checkpoints = [] }, "0 checkpoints"),
        ["a checkpoint more than there is"] = (file => file with { CheckpointCount = 3 }, "3 checkpoints of"),
        ["checkpoints beyond 32 bits"] = (file => file with { CheckpointCount = (1L << 32) + 2 }, "checkpoints of"),
        ["a negative number of checkpoints"] = (file => file with { CheckpointCount = -2 }, "-2 checkpoints"),
        ["no first weights"] = (file => file with { Checkpoints = [(1, file.Checkpoints[0].Numbers), (2, file.Checkpoints[1].Numbers)] },
            "checkpoints from step 1 to 2"),
        ["no final weights"] = (file => file with { Checkpoints = [file.Checkpoints[0], (1, file.Checkpoints[1].Numbers)] }, "checkpoints from step 0 to 1"),
        ["weights beyond the last step"] = (file => file with { Checkpoints = [.. file.Checkpoints, (3, file.Checkpoints[1].Numbers)] }, "checkpoints from step 0 to 3"),
        ["checkpoints out of order"] = (file => file with { Checkpoints = [file.Checkpoints[0], (2, file.Checkpoints[1].Numbers), (1, file.Checkpoints[1].Numbers)] },
            "checkpoint 2 is of step 1, the one before of step 2"),
        ["a checkpoint twice"] = (file => file with { Checkpoints = [file.Checkpoints[0], file.Checkpoints[0], file.Checkpoints[1]] },
            "checkpoint 1 is of step 0, the one before of step 0"),
        ["a checkpoint of a negative step"] = (file => file with { Checkpoints = [(-1, file.Checkpoints[0].Numbers), .. file.Checkpoints] }, "checkpoint 0 is of step -1"),
        ["a checkpoint beyond 32 bits"] = (file => file with { Checkpoints = [.. file.Checkpoints, ((1L << 32) + 2, file.Checkpoints[1].Numbers)] },
            "checkpoint 2 is of step 4294967298"),
        ["a weight that is no number"] = (file => file with { Checkpoints = [file.Checkpoints[0], (2, [1, double.NaN, 0])] }, "weights before step 2 are not finite"),
        ["a weight that is infinite"] = (file => file with { Checkpoints = [(0, [1, 0, Infinity]), file.Checkpoints[1]] }, "weights before step 0 are not finite"),
        ["a velocity that is infinite"] = (file => file with
        {
            Momentum = 0.5,
            Checkpoints = [(0, [1, 0, 0, 0, 0, 0]), (2, [1, 0, 0, 0, -Infinity, 0])],
        }, "weights before step 2 are not finite"),
        ["checkpoints of another training"] = (file => file with { BeforeCheckpoints = 7 }, "checkpoint 0 does not follow what is before"),
        ["steps of another training"] = (file => file with { BeforeSteps = 7 }, "list of steps does not follow what is before"),
        ["a trailer of another training"] = (file => file with { BeforeTrailer = 7 }, "trailer does not follow what is before"),
        ["a step more than there is"] = (file => file with { StepCount = 3 }, "step 2 is not there"),
        ["a step less than there is"] = (file => file with { StepCount = 1 }, "do not end where the trailer begins"),
        ["a negative number of steps"] = (file => file with { StepCount = -1 }, "it has -1 steps"),
        ["steps beyond 32 bits"] = (file => file with { StepCount = 1L << 40 }, "it has 1099511627776 steps"),
        ["a negative rate"] = (file => file with { Steps = [file.Steps[0] with { StepSize = -1 }, file.Steps[1]] }, "step 0 has the rate -1"),
        ["a rate that is no number"] = (file => file with { Steps = [file.Steps[0] with { StepSize = double.NaN }, file.Steps[1]] }, "step 0 has the rate NaN"),
        ["another factor than the rate's"] = (file => file with { Steps = [file.Steps[0] with { Factor = 0.2 }, file.Steps[1]] }, "step 0 on 2 examples"),
        ["penalties that are not of a mean"] = (file => file with { Steps = [file.Steps[0] with { PenaltyScale = 2 }, file.Steps[1]] }, "step 0 on 2 examples"),
        ["a mean and then a sum"] = (file => file with { Steps = [file.Steps[0], file.Steps[1] with { Factor = 0.125, PenaltyScale = 4 }] }, "step 1 on 4 examples"),
        ["a kind of step that there is not"] = (file => file with { Steps = [file.Steps[0] with { Flags = 5 }, file.Steps[1]] }, "the kind 5"),
        ["an empty batch"] = (file => file with { Steps = [file.Steps[0], file.Steps[1] with { Positions = [] }] }, "step 1 is on 0 examples"),
        ["a batch of negative length"] = (file => file with { Steps = [file.Steps[0], file.Steps[1] with { Batch = -2 }] }, "step 1 is on -2 examples"),
        ["a batch longer than the file"] = (file => file with { Steps = [file.Steps[0], file.Steps[1] with { Batch = int.MaxValue }] }, "step 1 is on 2147483647 examples"),
        ["a position beyond the set"] = (file => file with { Steps = [file.Steps[0], file.Steps[1] with { Positions = [0, 1, 1, 3] }] }, "names position 3 of 3 examples"),
        ["a negative position"] = (file => file with { Steps = [file.Steps[0], file.Steps[1] with { Positions = [-1, 1, 1, 2] }] }, "names position -1"),
        ["positions out of order"] = (file => file with { Steps = [file.Steps[0], file.Steps[1] with { Positions = [2, 1, 1, 1] }] }, "names position 1 of 3 examples after 2"),
        ["coefficients of a training that did not scale"] = (file => file with { Steps = [file.Steps[0] with { Flags = 2, Coefficients = [1, 1] }, file.Steps[1]] },
            "step 0 has 2 coefficients"),
        ["no coefficients of a training that clipped"] = (file => file with { Limit = 0.5 }, "step 0 has 0 coefficients"),
        ["a coefficient that is no number"] = (file => Clipped(file, double.NaN), "step 0 has a coefficient of NaN"),
        ["a negative coefficient"] = (file => Clipped(file, -0.5), "step 0 has a coefficient of -0.5"),
        ["a coefficient that lengthens what was clipped"] = (file => Clipped(file, 1.5), "step 0 has a coefficient of 1.5"),
        ["steps that start before the file"] = (file => file with { Start = -8 }, "the steps at byte -8"),
        ["steps that start behind the file"] = (file => file with { Start = long.MaxValue }, "the steps at byte 9223372036854775807"),
        ["another length than the file's"] = (file => file with { Length = 5 }, "was cut short"),
        ["version 1"] = (file => file with { Version = 1 }, "is of version 1; this library reads version 2"),
        ["version 3"] = (file => file with { Version = 3 }, "is of version 3; this library reads version 2"),
    };

    [Fact]
    public void The_file_that_the_documents_describe_is_the_one_that_is_written()
    {
        using var folder = new TemporaryFolder();
        var trajectory = new Trajectory<double>(Checkpoints.At());
        Linear.Train(Set(), Plan(), trajectory);
        trajectory.Save(folder.File("saved"));
        Linear.Train(Set(), Plan(), Trajectory<double>.InFile(folder.File("streamed"), Checkpoints.At()));
        var byHand = Right().Bytes();
        Assert.Equal(byHand, File.ReadAllBytes(folder.File("saved")));
        Assert.Equal(byHand, File.ReadAllBytes(folder.File("streamed")));
        File.WriteAllBytes(folder.File("by hand"), byHand);
        var restored = Trainer.Restore<Linear.Model, double>(new Linear.Model(2), Set(), Plan(), Trajectory<double>.Open(folder.File("by hand")));
        Assert.Equal(Weights(2), restored.Theta());
        Assert.Equal(3, restored.JointInfluence(new TracIn(), Set()).Length);
    }

    [Theory, MemberData(nameof(Wrong))]
    public void Right_checksums_over_false_contents_are_refused(string what)
    {
        using var folder = new TemporaryFolder();
        var (made, message) = _wrong[what];
        var path = folder.File("t");
        File.WriteAllBytes(path, made(Right()).Bytes());
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Trajectory<double>.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sections_of_two_trainings_are_refused()
    {
        // Whole sections of two files that the library wrote, with their own right checksums: of another model, of another start, of other
        // batches and rates by the same header.
        using var folder = new TemporaryFolder();
        var first = Written(folder, Plan());
        Assert.Equal(first, Written(folder, Plan() with { Threads = 1 }));
        var header = BitConverter.ToInt32(first.AsSpan(12));
        var checkpoint = header + 8 + 4 + 3 * 8 + 4;
        var steps = BitConverter.ToInt32(first.AsSpan(first.Length - 36));
        foreach (var other in new[]
        {
            Plan() with { WeightDecay = new(0.1) }, Plan() with { Start = Initialisation.At(1, 1, 1) }, Plan() with { Rate = StepSize.Listed(0.125, 0.25) },
            GradientDescent.Batches([[0, 1], [0, 1, 1, 2]], 0.125) with { Start = Plan().Start },
        })
        {
            var second = Written(folder, other);
            Assert.Equal(first.Length, second.Length);
            byte[][] spliced =
            [
                [.. first[..header], .. second[header..]], [.. first[..checkpoint], .. second[checkpoint..]], [.. first[..steps], .. second[steps..]],
                [.. first[..^40], .. second[^40..]], [.. first[..header], .. second[header..steps], .. first[steps..]],
                [.. first[..checkpoint], .. second[checkpoint..steps], .. first[steps..]], [.. first[..steps], .. second[steps..^40], .. first[^40..]],
            ];
            Assert.All(spliced, file =>
            {
                // A start that both have is no splice.
                File.WriteAllBytes(folder.File("spliced"), file);
                if (!file.AsSpan().SequenceEqual(second))
                {
                    Assert.Contains("put together of two trainings", Assert.Throws<InvalidDataException>(() => Trajectory<double>.Open(folder.File("spliced"))).Message,
                        StringComparison.Ordinal);
                }
            });
            Assert.True(spliced.Count(file => file.AsSpan().SequenceEqual(second)) <= 2);
        }
    }

    [Fact]
    public void A_file_that_is_replaced_after_it_was_opened_is_refused_when_it_is_read()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("t");
        File.WriteAllBytes(path, Right().Bytes());
        var fit = Trainer.Restore<Linear.Model, double>(new Linear.Model(2), Set(), Plan(), Trajectory<double>.Open(path));
        var scores = fit.JointInfluence(new TracIn(), Set());
        foreach (var other in new byte[][] { [], new byte[20], (Right() with { BeforeCheckpoints = 7 }).Bytes(), Clipped(Right(), 0.5).Bytes() })
        {
            File.WriteAllBytes(path, other);
            Assert.Contains("was altered, or holds another training by now", Assert.Throws<InvalidDataException>(() => fit.JointInfluence(new TracIn(), Set())).Message,
                StringComparison.Ordinal);
        }

        File.WriteAllBytes(path, Right().Bytes());
        Assert.Equal(scores, fit.JointInfluence(new TracIn(), Set()));
    }

    private static byte[] Written(TemporaryFolder folder, GradientDescent plan)
    {
        Linear.Train(Set(), plan, Trajectory<double>.InFile(folder.File("written"), Checkpoints.At()));
        return File.ReadAllBytes(folder.File("written"));
    }

    private static ExampleSet<double> Set() => ExampleSet<double>.FromFeatures(_x, 2, _y, new Individuals(["Ann", "Bo"]), [0, 1, 1]);

    private static GradientDescent Plan() => GradientDescent.Batches([[0, 2], [0, 1, 1, 2]], 0.125) with { Start = Initialisation.At(1, 0, 0) };

    /// <summary>w and b after some steps of rate 1/8 from (1, 0, 0), on two examples and then on four, of which one comes twice: without
    /// rounding.</summary>
    private static double[] Weights(int steps)
    {
        var theta = new double[] { 1, 0, 0 };
        foreach (var batch in new int[][] { [0, 2], [0, 1, 1, 2] }.Take(steps))
        {
            var gradient = new double[3];
            foreach (var i in batch)
            {
                var r = theta[0] * _x[2 * i] + theta[1] * _x[2 * i + 1] + theta[2] - _y[i];
                gradient = [gradient[0] + r * _x[2 * i], gradient[1] + r * _x[2 * i + 1], gradient[2] + r];
            }

            theta = [.. theta.Zip(gradient, (w, g) => w - 0.125 / batch.Length * g)];
        }

        return theta;
    }

    private static TrajectoryByHand Right()
    {
        // Features lie on lines of eight.
        var data = TrajectoryByHand.Section(writer =>
        {
            Array.ForEach([3, 2, 1, 0], writer.Write);
            for (var i = 0; i < 3; i++)
            {
                Array.ForEach([_x[2 * i], _x[2 * i + 1], 0, 0, 0, 0, 0, 0], writer.Write);
            }

            Array.ForEach(_y, writer.Write);
        });
        var people = TrajectoryByHand.Section(writer =>
        {
            Array.ForEach([0, 1, 1], writer.Write);
            foreach (var name in new[] { "Ann", "Bo" })
            {
                writer.Write(Encoding.Unicode.GetBytes(name));
                writer.Write(name.Length);
            }
        });
        return new()
        {
            Examples = 3,
            Set = [TrajectoryByHand.Checksum(data), 0, TrajectoryByHand.Checksum(people), TrajectoryByHand.Checksum(new byte[8])],
            Declaration = Encoding.UTF8.GetBytes("layers; loss: Squared; bias: yes; L2: 0; numbers: double"),
            Blocks = [("w", 1, 2, -1, 0, 0, 0), ("b", 1, 1, -1, 1, 0, 0)],
            Checkpoints = [(0, [1, 0, 0]), (2, Weights(2))],
            Steps = [(0.125, 0.125 / 2, 1, 0, null, [0, 2], []), (0.125, 0.125 / 4, 1, 0, null, [0, 1, 1, 2], [])],
        };
    }

    private static TrajectoryByHand Clipped(TrajectoryByHand file, double coefficient) => file with
    {
        Limit = 0.5,
        Steps = [file.Steps[0] with { Flags = 2, Coefficients = [1, coefficient] }, file.Steps[1] with { Flags = 2, Coefficients = [1, 1, 1, 1] }],
    };
}
