// Limit kernel: leave-one-out retraining of a linear model (p features + bias, squared loss, full-batch GD, T steps),
// 8 submodels per AVX-512 register, one thread. n examples, all n leave-one-out models.
#include <cstdio>
#include <cstdlib>
#include <vector>
#include <chrono>
#include <random>
#include <cmath>
#include <immintrin.h>
#ifndef F
#define F 10
#endif
static double now(){ return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
int main(int argc,char**argv){ int n=argc>1?atoi(argv[1]):353, T=argc>2?atoi(argv[2]):200; double eta=0.01;
  std::mt19937 rng(1); std::normal_distribution<double> g; std::vector<double> X(n*F),y(n); for(auto&x:X)x=g(rng); for(int i=0;i<n;i++){y[i]=0;for(int k=0;k<F;k++)y[i]+=X[i*F+k]*(k%3);y[i]+=g(rng);} 
  std::vector<double> W(((n+7)/8)*8*(F+1)); double t0=now();
  for(int m=0;m<n;m+=8){ __m512d w[F+1]; for(auto&v:w)v=_mm512_setzero_pd();
    for(int t=0;t<T;t++){ __m512d s[F+1]; for(auto&v:s)v=_mm512_setzero_pd();
      for(int i=0;i<n;i++){ const double*x=&X[i*F]; __m512d p0=_mm512_sub_pd(w[F],_mm512_set1_pd(y[i])),p1=_mm512_setzero_pd();
        for(int k=0;k<F;k+=2){p0=_mm512_fmadd_pd(_mm512_set1_pd(x[k]),w[k],p0);p1=_mm512_fmadd_pd(_mm512_set1_pd(x[k+1]),w[k+1],p1);} p0=_mm512_add_pd(p0,p1);
        if(i>=m&&i<m+8) p0=_mm512_mask_mov_pd(p0,1<<(i-m),_mm512_setzero_pd());
        for(int k=0;k<F;k++)s[k]=_mm512_fmadd_pd(_mm512_set1_pd(x[k]),p0,s[k]); s[F]=_mm512_add_pd(s[F],p0); }
      __m512d c=_mm512_set1_pd(-eta/(n-1)); for(int k=0;k<=F;k++)w[k]=_mm512_fmadd_pd(c,s[k],w[k]); }
    for(int k=0;k<=F;k++)_mm512_storeu_pd(&W[(m/8)*8*(F+1)+k*8],w[k]); }
  double t1=now(); double flops=(double)n*T*n*(F+1)*4; printf("{\"seconds\":%.4f,\"models\":%d,\"gflops\":%.1f,\"models_per_s\":%.0f,\"w0\":%.6f}\n",t1-t0,n,flops/(t1-t0)/1e9,n/(t1-t0),W[0]); }
