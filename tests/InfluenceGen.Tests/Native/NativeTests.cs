using System.Reflection;
using System.Runtime.Intrinsics.X86;
using System.Runtime.Loader;
using InfluenceGen.Models;
using InfluenceGen.Tests.Package;
using Xunit;

namespace InfluenceGen.Tests.Native;

/// <summary>
/// The same numbers whatever the code was compiled with: by the JIT for this processor, for narrower vectors, and ahead of
/// time. Only the rounding of multiply-adds and the order within sums differ between instruction sets, which is seen in the
/// last digits of each number's precision.
/// </summary>
[Collection(Builds.Name)]
public sealed class NativeTests(NativeProgram program, ITestOutputHelper output) : IClassFixture<NativeProgram>
{
    [Theory]
    [InlineData("EnableAVX512", 256)]
    [InlineData("EnableAVX2", 128)]
    [InlineData("EnableHWIntrinsic", 64)]
    public void Narrower_instruction_sets_agree(string without, int mostBits)
    {
        var (all, fewer) = (program.RunJit(), program.RunJit(without));
        output.WriteLine($"{all.Machine}{Environment.NewLine}{fewer.Machine}");
        Assert.True(fewer.VectorBits <= mostBits, $"DOTNET_{without}=0 left vectors of {fewer.VectorBits} bits in use");
        all.RequireClose(fewer, Allowed);
    }

    [Fact]
    public void Native_code_for_this_processor_computes_the_same_bits_as_the_JIT() => RequireNative("native", program.RunJit());

    [Fact]
    public void Native_code_for_AVX2_computes_the_same_bits_as_the_JIT()
    {
        Assert.SkipUnless(Avx2.IsSupported && Fma.IsSupported, "This processor has no AVX2, so the program would not start.");

        // The native compiler of .NET 10 calls it otherwise.
        RequireNative(Dotnet.NativeFramework == "net9.0" ? "x86-x64-v3" : "x86-64-v3", program.RunJit(without: "EnableAVX512"));
    }

    [Fact]
    public void The_program_declares_models_of_every_family()
    {
        var families = typeof(LinearModelAttribute).Assembly.GetExportedTypes().Where(IsOfModels);
        var declared = Declarations().Select(declaration => declaration.AttributeType.FullName).ToHashSet();
        Assert.All(families, family => Assert.Contains(family.FullName, declared));
    }

    [Fact]
    public void The_program_declares_layers_of_every_activation_and_loss()
    {
        var options = Declarations().Where(declaration => declaration.AttributeType.FullName == typeof(MlpAttribute).FullName)
            .SelectMany(declaration => declaration.NamedArguments).ToLookup(option => option.MemberName, option => option.TypedValue.Value);
        Assert.Equal(Enum.GetValues<Activation>().Select(value => (object)(int)value), options[nameof(MlpAttribute.Activation)].Distinct().Order());
        Assert.Equal(Enum.GetValues<Loss>().Select(value => (object)(int)value), options[nameof(MlpAttribute.Loss)].Distinct().Order());
    }

    [Fact]
    public void The_program_declares_every_family_in_both_precisions()
    {
        var precisions = Declarations().Where(declaration => IsOfModels(declaration.AttributeType))
            .Select(declaration => (declaration.AttributeType.Name, IsSingle: declaration.NamedArguments.Any(option =>
                option.MemberName == nameof(Precision) && (int)option.TypedValue.Value! == (int)Precision.Single))).Distinct();
        Assert.All(precisions.GroupBy(precision => precision.Name), family => Assert.Equal(2, family.Count()));
    }

    [Fact]
    public void The_program_runs_every_sweep_of_every_model()
    {
        var sweeps = typeof(IModel<>).GetMethods().Where(method => !method.IsSpecialName).Select(method => method.Name).ToArray();
        var models = Classes().Where(type => type.GetNestedType("Model") is not null).ToArray();
        Assert.NotEmpty(models);
        var printed = program.RunJit().Lines.Select(line => (line.Model, line.Sweep)).ToHashSet();
        foreach (var model in models)
        {
            // No single layer makes a rating.
            var isOfRatings = model.CustomAttributes.Any(attribute => attribute.AttributeType.Name == nameof(MatrixFactorizationAttribute));
            var hasLanes = model.CustomAttributes.Any(attribute => attribute.AttributeType.Name is nameof(LinearModelAttribute) or nameof(LogisticModelAttribute));
            Assert.All(sweeps.Where(sweep => sweep == nameof(IModel<>.SumInLanes) ? hasLanes : !isOfRatings || sweep != nameof(IModel<>.LastLayerFeatures)),
                sweep => Assert.Contains((model.Name, sweep), printed));
        }
    }

    private void RequireNative(string instructionSet, ProgramReport jit)
    {
        var native = program.RunNative(instructionSet);
        output.WriteLine($"{jit.Machine}{Environment.NewLine}{native.Machine}");
        Assert.True(native.IsNative);
        program.RunJit().RequireClose(native, Allowed);
        Assert.Equal(jit.Instructions, native.Instructions);
        jit.RequireSameBits(native);
    }

    /// <summary>How far results may differ. What retraining gives are small differences of losses, which in single precision
    /// have few digits left.</summary>
    private static double Allowed(ProgramReport.Line line) => !line.IsSingle ? 1e-12 : line.Sweep == "retraining" ? 1e-4 : 5e-6;

    /// <summary>Whether an attribute declares models; the program's are loaded beside these tests' own.</summary>
    private static bool IsOfModels(Type attribute) => attribute.Namespace == typeof(LinearModelAttribute).Namespace
        && attribute.CustomAttributes.Any(usage => usage.AttributeType == typeof(AttributeUsageAttribute)
            && ((AttributeTargets)usage.ConstructorArguments[0].Value!).HasFlag(AttributeTargets.Class));

    private static IEnumerable<CustomAttributeData> Declarations() => Classes().SelectMany(type => type.CustomAttributes);

    private static Type[] Classes() =>
        [.. AssemblyLoadContext.Default.LoadFromAssemblyPath(NativeProgram.Assembly).GetTypes().Where(type => type.IsClass)];
}
