using System.Runtime.Intrinsics.X86;
using System.Runtime.Loader;
using InfluenceGen.Models;
using InfluenceGen.Tests.Package;
using Xunit;

namespace InfluenceGen.Tests.Native;

/// <summary>
/// The same numbers whatever the code was compiled with: by the JIT for this processor, for narrower vectors, and ahead of
/// time. Only the rounding of multiply-adds and the order within sums differ between instruction sets.
/// </summary>
[Collection(Builds.Name)]
public sealed class NativeTests(NativeProgram program, ITestOutputHelper output) : IClassFixture<NativeProgram>
{
    private const double Agreement = 1e-12;

    [Theory]
    [InlineData("EnableAVX512", 256)]
    [InlineData("EnableAVX2", 128)]
    [InlineData("EnableHWIntrinsic", 64)]
    public void Narrower_instruction_sets_agree(string without, int mostBits)
    {
        var (all, fewer) = (program.RunJit(), program.RunJit(without));
        output.WriteLine($"{all.Machine}{Environment.NewLine}{fewer.Machine}");
        Assert.True(fewer.VectorBits <= mostBits, $"DOTNET_{without}=0 left vectors of {fewer.VectorBits} bits in use");
        all.RequireClose(fewer, Agreement);
    }

    [Fact]
    public void Native_code_for_this_processor_computes_the_same_bits_as_the_JIT() => RequireNative("native", program.RunJit());

    [Fact]
    public void Native_code_for_AVX2_computes_the_same_bits_as_the_JIT()
    {
        Assert.SkipUnless(Avx2.IsSupported && Fma.IsSupported, "This processor has no AVX2, so the program would not start.");
        RequireNative("x86-x64-v3", program.RunJit(without: "EnableAVX512"));
    }

    [Fact]
    public void The_program_declares_models_of_every_family()
    {
        var families = typeof(LinearModelAttribute).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Attribute)) && UsageOf(type).ValidOn == AttributeTargets.Class);
        var declared = Classes().SelectMany(type => type.CustomAttributes).Select(attribute => attribute.AttributeType.FullName).ToHashSet();
        Assert.All(families, family => Assert.Contains(family.FullName, declared));
    }

    [Fact]
    public void The_program_runs_every_sweep_of_every_model()
    {
        var sweeps = typeof(IModel<>).GetMethods().Where(method => !method.IsSpecialName).Select(method => method.Name);
        var models = Classes().Where(type => type.GetNestedType("Model") is not null).Select(type => type.Name).ToArray();
        var printed = program.RunJit().Numbers.Select(line => string.Join(' ', line.What.Split(' ')[..2])).ToHashSet();
        Assert.NotEmpty(models);
        Assert.All(models.SelectMany(model => sweeps.Select(sweep => $"{model} {sweep}")), expected => Assert.Contains(expected, printed));
    }

    private void RequireNative(string instructionSet, ProgramReport jit)
    {
        var native = program.RunNative(instructionSet);
        output.WriteLine($"{jit.Machine}{Environment.NewLine}{native.Machine}");
        Assert.True(native.IsNative);
        program.RunJit().RequireClose(native, Agreement);
        Assert.Equal(jit.Instructions, native.Instructions);
        jit.RequireSameBits(native);
    }

    private static AttributeUsageAttribute UsageOf(Type attribute) =>
        (AttributeUsageAttribute)Attribute.GetCustomAttribute(attribute, typeof(AttributeUsageAttribute))!;

    private static Type[] Classes() =>
        [.. AssemblyLoadContext.Default.LoadFromAssemblyPath(NativeProgram.Assembly).GetTypes().Where(type => type.IsClass)];
}
